// What every page runs. Pages work without it; it makes them quicker.

import 'htmx.org';
import './tables.js';
import './keys.js';
import './forms.js';

// On a phone menu and tabs scroll sideways: the entry of this page comes into sight.
for (const here of document.querySelectorAll('.menu [aria-current], .tabs [aria-current]')) {
  const row = here.closest('.menu, .tabs ul');
  const seen = row.getBoundingClientRect();
  const own = here.getBoundingClientRect();
  row.scrollLeft += own.left + own.width / 2 - seen.left - seen.width / 2;
}

if (document.querySelector('[data-live]')) import('./live.js');
if (document.querySelector('[data-chart]')) import('./charts.js');
if (document.querySelector('[data-filing]')) import('./filing.js');
if (document.querySelector('[data-check-code], [data-keep-code]')) import('./codes.js');
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print());
if (document.querySelector('[data-timer]')) import('./timer.js');
if (document.querySelector('[data-paper-entry]')) import('./entry.js');
if (document.querySelector('[data-call]')) import('./interview.js');
