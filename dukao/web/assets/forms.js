// Forms that show something else when a choice changes are sent by the choice itself; the button stays for keyboards.

const REST_MS = 10_000, DOWNLOAD_REST_MS = 2_000, THUMB_MS = 100;

// A form is sent once: its buttons rest until the answer comes, somebody comes back to the page, or nothing came.
// An answer that is downloaded leaves the page as it is, and nothing tells that it has come.
document.addEventListener('submit', event => {
  if (event.target.matches('[hx-post], [hx-get]') || event.defaultPrevented) return;
  const buttons = event.target.querySelectorAll('button:not([type=button])');
  // After the browser has gathered what the form says, the pressed button included.
  const rest = isResting => {
    for (const button of buttons) button.disabled = isResting;
    event.submitter?.setAttribute('aria-busy', isResting);
  };
  setTimeout(() => rest(true));
  setTimeout(() => rest(false), 'downloads' in event.target.dataset ? DOWNLOAD_REST_MS : REST_MS);
  addEventListener('pageshow', () => rest(false), {once: true});
});

// A file that is too large is told before it is sent: the house would hang up in the middle of it.
document.addEventListener('change', ({target}) => {
  const {mostBytes, saysTooLarge} = target.dataset;
  if (mostBytes === undefined) return;
  const bytes = [...target.files].reduce((sum, file) => sum + file.size, 0);
  target.setCustomValidity(bytes > Number(mostBytes) ? saysTooLarge : '');
  target.reportValidity();
});

// The browser would say what is missing in its own language, which need not be the page's.
document.addEventListener('invalid', ({target}) => {
  if (target.validity.valueMissing) target.setCustomValidity(document.body.dataset.saysMissing);
}, true);
document.addEventListener('input', ({target}) => target.setCustomValidity?.(''));

// Nothing moves under a pressed button: a press that ends beside it is no click. What the house answers meanwhile
// waits until the button is let go; a thumb's click comes a moment after that.
let letGo = Promise.resolve();
document.addEventListener('pointerdown', ({target}) => {
  if (!target.closest('button, a')) return;
  letGo = new Promise(go => {
    for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(go, THUMB_MS), {once: true});
  });
});
document.addEventListener('htmx:before:request', ({detail: {ctx}}) => {
  const ask = ctx.fetch;
  ctx.fetch = async (...asked) => {
    const answer = await ask(...asked);
    await letGo;
    return answer;
  };
});

// A refusal above the page is about the last deed only.
document.addEventListener('htmx:after:request', () => {
  document.querySelector('#notices .refusal')?.remove();
});

document.addEventListener('change', event => {
  const form = event.target.closest?.('form[data-submits]');
  if (form && event.target.matches('select')) form.requestSubmit();
});

// A page that shows how far the work is goes on by itself once it is done.
document.addEventListener('htmx:after:swap', () => {
  document.querySelector('form[data-goes-on]')?.requestSubmit();
});
