// Keyboard and small manners: “/” goes to the search box, Escape closes what is open.

const box = document.getElementById('search-box');
const found = document.getElementById('search-found');

document.addEventListener('keydown', event => {
  const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !isTyping && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === 'Escape') {
    for (const open of document.querySelectorAll('details.person[open], details.menu-card[open]')) {
      open.open = false;
      open.querySelector('summary').focus();
    }
    found?.replaceChildren();
  }
  if (found?.childElementCount && ['ArrowDown', 'ArrowUp'].includes(event.key) && event.target.closest('.search')) {
    const links = [box, ...found.querySelectorAll('a')];
    const step = event.key === 'ArrowDown' ? 1 : -1;
    links[(links.indexOf(document.activeElement) + step + links.length) % links.length].focus();
    event.preventDefault();
  }
});

document.addEventListener('click', event => {
  for (const open of document.querySelectorAll('details.person[open], details.menu-card[open]')) {
    if (!open.contains(event.target)) open.open = false;
  }
  if (found && !event.target.closest('.search')) found.replaceChildren();
});
