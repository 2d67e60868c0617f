// Figures move while the page is open: the live process tells which cells changed (dukao/web/live.py).

const state = document.querySelector('[data-live]');
const word = state.querySelector('[role=status]');
const RETRY_SECONDS = [1, 2, 4, 8, 15, 30];
const SAYS_CHANGED_MS = 4000;
const HELD_ICONS = {ok: 'check', info: 'info', stale: 'clock', wait: 'clock'};
let ticket = state.dataset.ticket;
let failures = 0;
let isFirst = true;
let quiet;

const say = (text, isTrouble = false) => {
  state.hidden = false;
  state.classList.toggle('is-trouble', isTrouble);
  if (word.textContent !== text) word.textContent = text;
};

const highlight = place => {
  place.classList.remove('just-changed');
  void place.offsetWidth;  // starts the animation anew
  place.classList.add('just-changed');
};

const write = (key, text, raw) => {
  for (const place of document.querySelectorAll(`[data-figure="${CSS.escape(key)}"]`)) {
    if (place.textContent === text) continue;
    place.textContent = text;
    const cell = place.closest('td');
    if (cell && raw !== undefined) cell.dataset.raw = raw ?? '';
    highlight(cell ?? place);
  }
};

const writePending = (key, count) => {
  for (const mark of document.querySelectorAll(`[data-pending="${CSS.escape(key)}"]`)) mark.hidden = count === 0;
};

const writeHeld = (key, [tone, text]) => {
  for (const badge of document.querySelectorAll(`[data-figure="${CSS.escape(`state:${key}`)}"]`)) {
    if (badge.lastChild.textContent === text) continue;
    badge.lastChild.textContent = text;
    badge.className = `badge badge-${tone}`;
    const drawn = badge.querySelector('use');
    drawn.setAttribute('href', drawn.getAttribute('href').replace(/#.*/, `#${HELD_ICONS[tone]}`));
  }
};

const update = cells => {
  for (const [key, cell] of Object.entries(cells)) {
    if (cell.raw === null) continue;
    write(key, state.dataset.style === 'short' ? cell.short : cell.text, cell.raw);
    write(`change:${key}`, cell.change);
    writePending(key, cell.pending);
    writeHeld(key, cell.held);
  }
  document.dispatchEvent(new CustomEvent('dukao:figures', {detail: cells}));
};

const open = () => {
  const stream = new EventSource(`${state.dataset.url}?ticket=${encodeURIComponent(ticket)}`);
  stream.addEventListener('figures', event => {
    failures = 0;
    update(JSON.parse(event.data).cells);
    clearTimeout(quiet);
    if (isFirst) {
      say(state.dataset.saysOn);
    } else {
      say(state.dataset.saysChanged);
      quiet = setTimeout(() => say(state.dataset.saysOn), SAYS_CHANGED_MS);
    }
    isFirst = false;
  });
  stream.addEventListener('ticket', event => { ticket = JSON.parse(event.data).ticket; });
  // The page itself says what has changed: usually that one has to sign in again.
  stream.addEventListener('over', () => location.reload());
  stream.onerror = () => {
    // The browser would try again with the old ticket, so we do it ourselves.
    stream.close();
    clearTimeout(quiet);
    failures += 1;
    const isHopeless = failures > RETRY_SECONDS.length;
    say(isHopeless ? state.dataset.saysOld : state.dataset.saysOff, true);
    if (!isHopeless) setTimeout(open, RETRY_SECONDS[failures - 1] * 1000);
  };
};

open();
addEventListener('pagehide', () => { failures = RETRY_SECONDS.length + 1; });
