// Paper cards that came back: typed by the office, sealed and cast from this browser like any other rating.

import {NotDone, cast, plainCode, prepared, roundOf, signed} from './ballot.js';

const SHORT_LETTERS = 4;
const CODE_LETTERS = 20;

const form = document.querySelector('[data-paper-entry]');
const {board, issuer, round: roundCode, short} = form.dataset;
const said = form.querySelector('[data-said]');
const count = form.querySelector('[data-count]');
let pending = null;
let isBusy = false;

const tell = word => {
  const found = form.querySelector('template').content.querySelector(`[data-word="${word}"]`)
    ?? form.querySelector('template').content.querySelector('[data-word=unknown]');
  said.textContent = found.textContent.replace('{short}', short);
};

form.addEventListener('submit', async event => {
  event.preventDefault();
  if (isBusy) return;
  const code = plainCode(form.code.value);
  const level = Number(new FormData(form).get('overall'));
  if (code.length !== CODE_LETTERS || !code.startsWith(short)) return tell('code');
  if (!level) return tell('level');
  isBusy = true;
  try {
    // The same card and mark again goes on with the token it has.
    if (pending?.card !== `${code} ${level}`) {
      const round = await roundOf(board, roundCode);
      const holder = {code: code.slice(SHORT_LETTERS)};
      pending = {card: `${code} ${level}`, ...await prepared(round, `${roundCode}/${short}`, holder, {overall: level}, {})};
    }
    pending = await signed(issuer, pending);
    await cast(board, pending);
    pending = null;
    count.textContent = String(Number(count.textContent) + 1);
    form.reset();
    form.code.focus();
    tell('cast');
  } catch (problem) {
    tell(problem instanceof NotDone ? problem.word.replace('offline', 'down') : 'unknown');
  } finally {
    isBusy = false;
  }
});
