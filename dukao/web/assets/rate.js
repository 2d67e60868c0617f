// The rater's pages: two taps, the receipt, the answer. Whatever breaks off goes on with the same token: a draft, then the
// sealed rating, then its receipt are kept under the paper's name. On a tablet that others use nothing is left behind.

import {
  NotDone, answerTo, cast, foundInLog, isAble, leafFrom, numberOf, plainCode, prepared, rateAgain, roundOf, signed,
} from './ballot.js';

const SECRET_LETTERS = 16;
const SHORT_LETTERS = 4;
const NUMBER = '#in-'; // before a receipt's number in an address

const page = document.querySelector('[data-rate]');
const enter = document.querySelector('[data-enter]');

const one = (root, name) => root.querySelector(`[data-${name}]`);
const show = (element, is = true) => { if (element) element.hidden = !is; };
const wordOf = (root, name) => root.querySelector('template[data-words]').content.querySelector(`[data-word="${name}"]`);

const followUp = (root, board, code) => {
  const part = root.querySelector('[data-part=second]');
  const form = one(part, 'second');
  const tell = said => {
    one(part, 'answer').textContent = said.answer;
    show(form, !said.second);
    show(one(part, 'second-done'), said.second);
    show(part);
  };
  form.onsubmit = async event => {
    event.preventDefault();
    const level = Number(new FormData(form).get('again'));
    if (!level) return;
    await rateAgain(board, code, {overall: level});
    tell(await answerTo(board, code));
  };
  return answerTo(board, code).then(said => {
    if (said.answer) tell(said);
    return said;
  });
};

const rating = root => {
  const {board, issuer, round: roundCode, short, shared, badFrom} = root.dataset;
  const paper = `${roundCode}/${short}`;
  const store = shared ? sessionStorage : localStorage;
  const key = `dukao-${paper}`;
  const kept = () => JSON.parse(store.getItem(key) ?? '{}');
  const keep = state => store.setItem(key, JSON.stringify(state));
  const parts = [...root.querySelectorAll('[data-part]')];
  let holder = null;

  const go = (name, ...also) => {
    for (const part of parts) part.hidden = ![name, ...also].includes(part.dataset.part);
    root.querySelector(`[data-part=${name}] [data-heading]`)?.focus();
  };

  const stop = problem => {
    const isListed = Boolean(kept().pending?.holder?.person);
    const word = (isListed && wordOf(root, `${problem.word}-listed`)) || wordOf(root, problem.word)
      || wordOf(root, problem.word === 'over' ? 'closed' : 'unknown');
    const part = root.querySelector('[data-part=stop]');
    one(part, 'heading').textContent = word.dataset.title;
    one(part, 'why').textContent = word.textContent.replace('{minutes}', Math.ceil(problem.wait / 60));
    const again = Boolean(word.dataset.again);
    show(one(part, 'again'), again);
    show(one(part, 'other'), Boolean(word.dataset.other));
    // What can never be cast is not kept.
    if (!again && !kept().receipt) store.removeItem(key);
    go('stop');
  };

  const look = async (receipt, line, none = 'waiting') => {
    try {
      const found = await foundInLog(receipt);
      const word = found ? (found.isSigned ? 'found' : 'found-unsigned') : none;
      line.textContent = wordOf(root, word).textContent
        .replace('{size}', found?.size ?? '').replace('{place}', found?.place ?? '');
    } catch (problem) {
      line.textContent = wordOf(root, problem.word === 'forged' ? 'missing' : 'down').textContent;
    }
  };

  const done = receipt => {
    const line = one(root, 'log');
    one(root, 'number').textContent = numberOf(receipt);
    one(root, 'secret').textContent = receipt.secret;
    one(root, 'receipt').textContent = JSON.stringify(receipt);
    one(root, 'check').onclick = () => look(receipt, line);
    one(root, 'save').onclick = () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 1)], {type: 'application/json'}));
      link.download = `receipt-${roundCode}-${short}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };
    one(root, 'print').onclick = () => print();
    show(one(root, 'finish'), Boolean(shared));
    one(root, 'finish').onclick = () => {
      store.removeItem(key);
      location.assign(shared);
    };
    go('done');
    look(receipt, line);
    followUp(root, board, receipt.secret).catch(() => {});
  };

  // With a receipt's number alone, on any device: whether the rating is in the log.
  const lookUp = async letters => {
    go('looked');
    const line = one(root, 'looked');
    try {
      const {key: boardKey} = await roundOf(board, roundCode);
      await look({board, round: roundCode, boardKey, leaf: leafFrom(letters)}, line, 'absent');
    } catch (problem) {
      line.textContent = wordOf(root, problem.word === 'forged' ? 'missing' : 'down').textContent;
    }
  };

  const send = async () => {
    go('sending');
    try {
      const {draft} = kept();
      if (draft) {
        const round = await roundOf(board, roundCode);
        if (round.state !== 'open') throw new NotDone(round.state);
        keep({pending: await prepared(round, paper, draft.holder, draft.levels, draft.remarks)});
      }
      const pending = await signed(issuer, kept().pending);
      keep({pending});
      const receipt = await cast(board, pending);
      keep({receipt: {...receipt, subject: root.dataset.subject}});
      done(kept().receipt);
    } catch (problem) {
      stop(problem instanceof NotDone ? problem : new NotDone('unknown'));
    }
  };

  const form = one(root, 'ask');
  form.onchange = () => {
    const level = Number(new FormData(form).get('overall'));
    const isBad = level >= Number(badFrom);
    show(one(root, 'chosen'), level > 0);
    // In the page and not above it: no answer is ever covered.
    if (level) one(root, 'cast').scrollIntoView({block: 'nearest'});
    show(one(root, 'bad'), isBad);
    show(one(root, 'contact'), isBad);
  };
  form.onsubmit = event => {
    event.preventDefault();
    const given = new FormData(form);
    const levels = {overall: Number(given.get('overall'))};
    for (const more of form.querySelectorAll('[data-more]')) if (more.value) levels[more.name] = Number(more.value);
    const isBad = levels.overall >= Number(badFrom);
    const remarks = {comment: given.get('comment').trim(), contact: isBad ? given.get('contact').trim() : ''};
    keep({draft: {holder, levels, remarks}});
    send();
  };

  const begin = found => {
    holder = found;
    go('ask'); // nothing has the focus: not even that may suggest an answer
  };

  one(root, 'code').onsubmit = event => {
    event.preventDefault();
    const code = plainCode(event.target.code.value);
    const secret = code.length === SHORT_LETTERS + SECRET_LETTERS && code.startsWith(short) ? code.slice(SHORT_LETTERS) : code;
    show(one(root, 'code-wrong'), secret.length !== SECRET_LETTERS);
    if (secret.length === SECRET_LETTERS) begin({code: secret});
  };
  const person = one(root, 'person');
  if (person) {
    person.onsubmit = event => {
      event.preventDefault();
      const [name, number] = [event.target.elements.name.value.trim(), event.target.number.value.trim()];
      if (name && number) begin({person: {name, number}});
    };
  }
  root.querySelector('[data-part=stop] [data-again]').onclick = send;
  root.querySelector('[data-part=stop] [data-other]').onclick = () => {
    store.removeItem(key);
    go('code');
  };

  const number = location.hash.startsWith(NUMBER) ? plainCode(location.hash.slice(NUMBER.length)) : '';
  const code = number ? '' : plainCode(decodeURIComponent(location.hash.slice(1)));
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  const state = kept();
  show(root);
  if (!isAble()) stop(new NotDone('insecure'));
  else if (leafFrom(number)) lookUp(number);
  else if (state.draft || state.pending) send();
  // On one's own phone the receipt comes first; another code is another rating.
  else if (state.receipt && !code) done(state.receipt);
  else if (code.length === SECRET_LETTERS) begin({code});
  else go('code');
};

const entering = root => {
  const {board, rateUrl} = root.dataset;
  if (location.hash) history.replaceState(null, '', location.pathname); // the rest of a code that leads nowhere
  one(root, 'code').onsubmit = event => {
    event.preventDefault();
    const code = plainCode(event.target.code.value);
    show(one(root, 'code-wrong'), code.length !== SHORT_LETTERS + SECRET_LETTERS);
    if (code.length === SHORT_LETTERS + SECRET_LETTERS) {
      location.assign(`${rateUrl}${code.slice(0, SHORT_LETTERS)}/#${code.slice(SHORT_LETTERS)}`);
    }
  };
  one(root, 'receipt-form').onsubmit = async event => {
    event.preventDefault();
    const told = one(root, 'receipt-told');
    const tell = name => {
      const word = wordOf(root, name) ?? wordOf(root, 'down');
      told.textContent = word.textContent;
      told.className = 'good' in word.dataset ? 'told' : 'error';
      show(told);
    };
    show(told, false);
    const given = plainCode(event.target.receipt.value);
    if (given.length === SHORT_LETTERS + SECRET_LETTERS) {
      location.assign(`${rateUrl}${given.slice(0, SHORT_LETTERS)}/${NUMBER}${given.slice(SHORT_LETTERS)}`);
      return;
    }
    try {
      if (!isAble()) throw new NotDone('insecure');
      const said = await followUp(root, board, given);
      if (!said.answer) tell('no-answer');
    } catch (problem) {
      tell(problem.word ?? 'down');
    }
  };
  show(root);
};

if (page) rating(page);
if (enter) entering(enter);
