// Forms that show something else when a choice changes are sent by the choice itself; the button stays for keyboards.

document.addEventListener('change', event => {
  const form = event.target.closest?.('form[data-submits]');
  if (form && event.target.matches('select')) form.requestSubmit();
});
