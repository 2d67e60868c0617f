"""The yardstick of `dukao.workbooks`: forms that the project makes itself, with labels, and what is got right of them.

All forms are 模拟: composed from word lists of our own in the style of Chinese government forms, none copied. The
generator knows what it drew; the labels are its own, never what `understanding` says of them.
"""
