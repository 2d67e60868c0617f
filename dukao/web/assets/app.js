// What every page runs. Pages work without it; it makes them quicker.

import 'htmx.org';
import './tables.js';
import './keys.js';
import './forms.js';

// On a phone the menu scrolls sideways: the entry of this page comes into sight.
const here = document.querySelector('.menu [aria-current]');
if (here) {
  const menu = here.closest('.menu');
  const seen = menu.getBoundingClientRect();
  const own = here.getBoundingClientRect();
  menu.scrollLeft += own.left + own.width / 2 - seen.left - seen.width / 2;
}

if (document.querySelector('[data-live]')) import('./live.js');
if (document.querySelector('[data-chart]')) import('./charts.js');
if (document.querySelector('[data-filing]')) import('./filing.js');
if (document.querySelector('[data-check-code], [data-keep-code]')) import('./codes.js');
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print());
if (document.querySelector('[data-timer]')) import('./timer.js');
if (document.querySelector('[data-paper-entry]')) import('./entry.js');
if (document.querySelector('[data-call]')) import('./interview.js');
