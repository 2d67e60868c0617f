// An interview by telephone: one question at a time; each answer is kept on this device until the house has it.

const RETRY_MS = 10000;
const page = document.querySelector('[data-call]');
const says = page.dataset;
const form = page.querySelector('[data-part="interview"]');
const part = name => form.querySelector(`[data-part="${name}"]`);
const questions = [...form.querySelectorAll('[data-question]')];
const key = `dukao-interview:${says.call}`;
const isRecheck = 'recheck' in says;
let at = 0;

const answers = () => {
  const found = {};
  for (const [name, value] of new FormData(form)) if (name.startsWith('answer:') && value) found[name] = value;
  return found;
};
const isAnswered = question => `answer:${question.dataset.question}` in answers();

const keptHere = () => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
};
const putBack = () => {
  for (const [name, value] of Object.entries(keptHere())) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = field.value === value;
      else if (value !== '-') field.value = value;
    }
  }
};

const show = () => {
  questions.forEach((question, index) => { question.hidden = index !== at; });
  part('place').textContent = says.saysPlace.replace('{n}', at + 1).replace('{all}', questions.length);
  form.querySelector('[data-do="back"]').disabled = at === 0;
  // One main button at a time: on to the next question, or at the last one the end.
  const isLast = at === questions.length - 1;
  form.querySelector('[data-do="next"]').hidden = isLast;
  part('finish').hidden = !isLast;
};
const go = index => {
  at = Math.max(0, Math.min(questions.length - 1, index));
  show();
};

const say = text => { part('saving').textContent = text; };
let sending = null;
const send = async () => {
  if (isRecheck || !Object.keys(answers()).length) return;
  clearTimeout(sending);
  const body = new FormData();
  for (const [name, value] of Object.entries(answers())) body.append(name, value);
  body.append('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
  let answer;
  try {
    answer = await fetch(says.href, {method: 'POST', body, headers: {Accept: 'application/json'}});
  } catch {
    say(says.saysHere);
    sending = setTimeout(send, RETRY_MS);
    return;
  }
  if (answer.ok) {
    localStorage.removeItem(key);
    say((await answer.json()).is_full ? says.saysFull : says.saysKept);
  } else if (answer.status >= 500 || answer.status === 401) {
    // 401: the sitting has ended; the answers wait here until the same page is opened again.
    say(says.saysHere);
    sending = setTimeout(send, RETRY_MS);
  } else {
    say(says.saysRefused);
  }
};

form.addEventListener('change', event => {
  // A number and “does not want to say” are one answer.
  const question = event.target.closest('[data-question]');
  const typed = question?.querySelector('.call-typed input');
  const skip = question?.querySelector('[type=checkbox]');
  if (typed && skip) {
    if (event.target === skip && skip.checked) typed.value = '';
    else if (event.target === typed && typed.value) skip.checked = false;
  }
  if (!isRecheck) localStorage.setItem(key, JSON.stringify(answers()));
  send();
  if (event.target.type === 'radio' && at < questions.length - 1) go(at + 1);
});
form.querySelector('[data-do="back"]').addEventListener('click', () => go(at - 1));
form.querySelector('[data-do="next"]').addEventListener('click', () => go(at + 1));
addEventListener('online', send);

putBack();
part('place').hidden = part('steps').hidden = false;
const open = questions.findIndex(question => !isAnswered(question));
go(open < 0 ? questions.length - 1 : open);
if (Object.keys(keptHere()).length) send();
