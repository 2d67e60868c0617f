// Filling in a sheet: each cell saves itself (htmx); this says how that goes, and tries again where it did not.

const RETRY_MS = 5000;
const page = document.querySelector('[data-filing]');
const unsaved = new Set();
const saving = () => page.querySelector('[data-saving]');

const say = (text, isTrouble = false) => {
  const place = saving();
  if (!place) return;
  place.textContent = text;
  place.classList.toggle('is-trouble', isTrouble);
};

const words = {saving: page.dataset.saysSaving, failed: page.dataset.saysFailed};

// A cell sends itself, not the whole sheet around it.
document.addEventListener('htmx:config:request', ({target, detail: {ctx}}) => {
  const names = target.dataset?.sends;
  if (names === undefined) return;
  const own = new FormData();
  for (const name of names.split(' ').filter(Boolean)) own.append(name, ctx.request.body.get(name) ?? '');
  ctx.request.body = own;
});

document.addEventListener('htmx:before:request', ({target}) => {
  if (target.dataset?.sends === undefined) return;
  unsaved.add(target);
  say(words.saving);
});

document.addEventListener('htmx:response:error', ({target, detail: {ctx}}) => {
  if (target.dataset?.sends === undefined) return;
  // What is wrong with the value stands beside it; only a broken server is worth trying again.
  if (ctx.response.status < 500) unsaved.delete(target);
});

document.addEventListener('htmx:after:request', ({target, detail: {ctx}}) => {
  if (ctx.response.status < 400) unsaved.delete(target);
});

const retry = () => {
  for (const field of unsaved) {
    if (!field.isConnected) unsaved.delete(field);
    else field.dispatchEvent(new Event('change', {bubbles: true}));
  }
};

document.addEventListener('htmx:finally:request', ({target}) => {
  if (target.dataset?.sends === undefined || !unsaved.has(target)) return;
  say(words.failed, true);
  setTimeout(retry, RETRY_MS);
});
addEventListener('online', retry);
addEventListener('beforeunload', event => { if (unsaved.size) event.preventDefault(); });

// Beside each field: whether it is right, and how it was understood (１２ is 12).
document.addEventListener('htmx:after:swap', () => {
  for (const said of page.querySelectorAll('.cell-said')) {
    const field = said.parentElement.querySelector('[data-sends^="answer:"]');
    if (!field) continue;
    if (said.querySelector('.error')) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    const shown = said.querySelector('[data-shown]')?.dataset.shown;
    if (shown !== undefined && field !== document.activeElement) field.value = shown;
  }
});

// Enter goes on to the next field, as the key of a phone's keyboard says.
page.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !event.target.matches('input')) return;
  event.preventDefault();
  const fields = [...page.querySelectorAll('.cell input, .cell select, .cell textarea')].filter(f => f.offsetParent);
  fields[fields.indexOf(event.target) + 1]?.focus();
});
