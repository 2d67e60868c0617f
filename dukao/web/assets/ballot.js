// How a rating travels: sealed and signed blind, cast, found again in the log. What is kept between two tries is one
// plain object (`pending`), so that whatever breaks off goes on with the same token; what is kept afterwards is the receipt.

import {RSABSSA} from '@cloudflare/blindrsa-ts';

const TOKEN_BYTES = 32;
const PATIENCE_MS = 20_000;
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const suite = RSABSSA.SHA384.PSS.Randomized();
const utf8 = text => new TextEncoder().encode(text);
const base64 = bytes => btoa(String.fromCharCode(...bytes));
const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
const fromHex = text => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const joined = (...parts) => new Uint8Array(parts.flatMap(part => [...part]));
const chance = count => crypto.getRandomValues(new Uint8Array(count));

/** Whether this browser can do what a rating needs: WebCrypto is there on secure pages only. */
export const isAble = () => Boolean(globalThis.crypto?.subtle && globalThis.BigInt);

/** Why something was not done: `word` is what the issuer or the board says, or `offline`; `wait` in seconds. */
export class NotDone extends Error {
  constructor(word, message = '', wait = 0) {
    super(message || word);
    this.word = word;
    this.wait = wait;
  }
}

const ask = async (url, body) => {
  let answer;
  try {
    answer = await fetch(url, {
      method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
      headers: body ? {'Content-Type': 'application/json'} : {},
      credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new NotDone(navigator.onLine ? 'down' : 'offline');
  }
  const said = await answer.json().catch(() => ({error: answer.status >= 500 ? 'down' : 'unknown'}));
  if (!answer.ok) throw new NotDone(said.error ?? 'unknown', said.message, said.wait);
  return said;
};

/** JSON in its one spelling: sorted keys, no spaces. */
export const canonical = value => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
};

const groups = letters => letters.match(/.{1,4}/g).join('-');

/** A secret of 80 bits that can be written down: the door to the answer and the second rating. */
const newSecret = () => groups(Array.from(chance(16), byte => LETTERS[byte & 31]).join(''));

/** A code or secret however it was typed. */
export const plainCode = text => text.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z]/g, '')
  .replace(/O/g, '0').replace(/[IL]/g, '1');

/** The number of a receipt: the paper's four letters and the first 80 bits of the rating's leaf. Whoever has it finds
    the rating in the log: who gave it stands nowhere, and how it was shows when all ballots are opened. */
export const numberOf = ({paper, leaf}) => {
  const bits = BigInt(`0x${leaf.slice(0, 20)}`);
  const letters = Array.from({length: 16}, (_, place) => LETTERS[Number((bits >> BigInt(75 - 5 * place)) & 31n)]);
  return groups(paper.split('/').at(-1) + letters.join(''));
};

/** What its leaf begins with, from the sixteen letters after the paper's; '' where they are none. */
export const leafFrom = letters => {
  const values = [...letters].map(letter => LETTERS.indexOf(letter));
  if (values.length !== 16 || values.includes(-1)) return '';
  return values.reduce((bits, value) => (bits << 5n) | BigInt(value), 0n).toString(16).padStart(20, '0');
};

// What the board keeps a digest of: 32 bytes that the code stands for.
const secretBytes = code => sha256(utf8(`dukao-follow\0${plainCode(code)}`));

const signedBy = async (key, kind, document, signature) => {
  try {
    const known = await crypto.subtle.importKey('raw', bytesOf(key), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', known, bytesOf(signature), utf8(`dukao ${kind}\n${document}`));
  } catch {
    return null; // an older browser does not know Ed25519: told, and not taken for good
  }
};

/** The round as the board published it. Keys come from here and never from the issuer. */
export const roundOf = async (board, code) => {
  const said = await ask(`${board}/rounds/${code}`);
  if ((await signedBy(said.key, 'manifest', said.document, said.signature)) === false) throw new NotDone('forged');
  return {manifest: JSON.parse(said.document), state: said.state, key: said.key};
};

/** Seal an answer and blind its token. `holder` is {code} or {person: {name, number}}. */
export const prepared = async (round, paper, holder, levels, remarks) => {
  const spki = bytesOf(round.manifest.papers[paper].key);
  const key = await importKey(spki);
  const secret = newSecret();
  const ballot = canonical({follow: hex(await sha256(await secretBytes(secret))), levels});
  const salt = chance(32);
  const commitment = await sha256(joined(salt, utf8(ballot)));
  const message = suite.prepare(commitment);
  const {blindedMsg, inv} = await suite.blind(key, message);
  return {
    round: round.manifest.round, paper, holder, key: base64(spki), ballot, secret,
    salt: base64(salt), commitment: base64(commitment), message: base64(message), blinded: base64(blindedMsg),
    inverse: base64(inv), signature: '', boardKey: round.key, ...remarks,
  };
};

const importKey = spki => crypto.subtle.importKey('spki', spki, {name: 'RSA-PSS', hash: 'SHA-384'}, true, ['verify']);

/** Have the pending ballot signed, where it is not yet; the same request again gets the same answer. */
export const signed = async (issuer, pending) => {
  if (pending.signature) return pending;
  const {signature} = await ask(`${issuer}/sign`, {
    paper: pending.paper, blinded: pending.blinded, ...pending.holder,
  });
  const key = await importKey(bytesOf(pending.key));
  let found;
  try {
    found = await suite.finalize(key, bytesOf(pending.message), bytesOf(signature), bytesOf(pending.inverse));
  } catch {
    throw new NotDone('forged');
  }
  // Who was entitled is not needed any more, and is not kept beside the rating.
  return {...pending, signature: base64(found), holder: null};
};

const leafOf = pending => canonical({
  commitment: pending.commitment, paper: pending.paper, signature: pending.signature,
  token: base64(bytesOf(pending.message).slice(0, TOKEN_BYTES)),
});

// Receipts given together are leaves of one tree: of two neighbours the smaller hash comes first, the root is signed.
const isReceipt = async (key, leaf, {path, salt, signature}) => {
  let found = await sha256(joined([0], bytesOf(salt), leaf));
  for (const [neighbour] of hex(bytesOf(path)).matchAll(/.{64}/g)) {
    const [first, second] = [hex(found), neighbour].sort();
    found = await parent(fromHex(first), fromHex(second));
  }
  return signedBy(key, 'receipt', hex(found), signature);
};

/** Cast the signed ballot; its receipt says nothing of what was chosen. */
export const cast = async (board, pending) => {
  const token = base64(bytesOf(pending.message).slice(0, TOKEN_BYTES));
  const {commitment, paper, signature, ballot, salt, comment, contact} = pending;
  const said = await ask(`${board}/cast`, {
    paper, token, signature, commitment, ballot, salt, ...(comment && {comment}), ...(contact && {contact}),
  });
  const leaf = await sha256(joined([0], utf8(leafOf(pending))));
  if ((await isReceipt(pending.boardKey, leaf, said.receipt)) === false) throw new NotDone('forged');
  return {
    kind: 'dukao-receipt', round: pending.round, paper, board, boardKey: pending.boardKey, leaf: hex(leaf),
    secret: pending.secret, receipt: said.receipt, on: new Date().toLocaleDateString('sv'),
  };
};

const split = size => 2 ** Math.floor(Math.log2(size - 1));

const parent = (left, right) => sha256(joined([1], left, right));

const rootFrom = async (leaf, index, size, path) => {
  if (size === 1) return path.length ? null : leaf;
  if (!path.length) return null;
  const middle = split(size);
  const sibling = path.at(-1);
  const rest = path.slice(0, -1);
  const isLeft = index < middle;
  const own = await rootFrom(leaf, isLeft ? index : index - middle, isLeft ? middle : size - middle, rest);
  return own && (isLeft ? parent(own, sibling) : parent(sibling, own));
};

/** Whether the rating is in the log: {place, size, isSigned} (isSigned null where this browser cannot tell), or null
    while it is being mixed with others. `leaf` may be the beginning that a receipt's number holds. */
export const foundInLog = async receipt => {
  let proof;
  try {
    proof = await ask(`${receipt.board}/rounds/${receipt.round}/proof?leaf=${receipt.leaf}`);
  } catch (problem) {
    if (problem.word === 'waiting') return null;
    throw problem;
  }
  const head = JSON.parse(proof.head.document);
  if (!proof.leaf.startsWith(receipt.leaf)) throw new NotDone('forged');
  const root = await rootFrom(fromHex(proof.leaf), proof.index, head.size, proof.path.map(fromHex));
  if (!root || hex(root) !== head.root) throw new NotDone('forged');
  const isSigned = await signedBy(receipt.boardKey, 'head', proof.head.document, proof.head.signature);
  if (isSigned === false) throw new NotDone('forged');
  return {place: proof.index + 1, size: head.size, isSigned};
};

/** What was answered to a bad rating, and whether it was rated again. */
export const answerTo = async (board, code) => ask(`${board}/follow`, {secret: base64(await secretBytes(code))});

export const rateAgain = async (board, code, levels) =>
  ask(`${board}/second`, {secret: base64(await secretBytes(code)), levels});
