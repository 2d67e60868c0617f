// What every page runs. Pages work without it; it makes them quicker.

import 'htmx.org';
import './tables.js';
import './keys.js';
import './forms.js';

if (document.querySelector('[data-live]')) import('./live.js');
if (document.querySelector('[data-chart]')) import('./charts.js');
if (document.querySelector('[data-filing]')) import('./filing.js');
if (document.querySelector('[data-check-code], [data-keep-code]')) import('./codes.js');
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print());
if (document.querySelector('[data-timer]')) import('./timer.js');
if (document.querySelector('[data-paper-entry]')) import('./entry.js');
if (document.querySelector('[data-call]')) import('./interview.js');
