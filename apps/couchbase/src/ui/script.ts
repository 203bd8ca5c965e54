/**
 * The admin page's script, plain browser JavaScript. It asks the REST API once a second with Basic authentication kept in
 * sessionStorage; `invalid-auth-response: on` keeps the browser from showing a password box of its own.
 */
export const pageScript = String.raw`
'use strict';
const element = (id) => document.getElementById(id);
const cards = new Map();
let credentials = sessionStorage.getItem('credentials');
let timer;

async function ask(path) {
  const headers = { 'invalid-auth-response': 'on' };
  if (credentials) headers.Authorization = 'Basic ' + credentials;
  const response = await fetch(path, { headers, cache: 'no-store' });
  if (response.status === 401) throw 'unauthorized';
  if (!response.ok) throw new Error(path + ': ' + response.status);
  return response.json();
}

function show(id) {
  for (const part of ['login', 'not-initialised', 'console']) element(part).hidden = part !== id;
  element('sign-out').hidden = id !== 'console';
}

async function refresh() {
  clearTimeout(timer);
  try {
    const anonymous = await fetch('/pools', { cache: 'no-store' }).then((response) => response.json());
    element('lost').hidden = true;
    if (anonymous.pools.length === 0) show('not-initialised');
    else if (!credentials) return show('login');
    else { await draw(); show('console'); }
  } catch (problem) {
    if (problem === 'unauthorized') return signOut('The user name or the password is wrong.');
    element('lost').hidden = false;
  }
  timer = setTimeout(refresh, 1000);
}

async function draw() {
  const [node, buckets] = await Promise.all([ask('/nodes/self'), ask('/pools/default/buckets')]);
  element('node').textContent = 'Node ' + node.hostname + ', ' + node.status + ', memory quota ' + node.memoryQuota + ' MiB, up ' + node.uptime + ' s';
  element('no-buckets').hidden = buckets.length > 0;
  const stats = await Promise.all(buckets.map((bucket) => ask(bucket.stats.uri)));
  for (const name of cards.keys()) if (!buckets.some((bucket) => bucket.name === name)) { cards.get(name).root.remove(); cards.delete(name); }
  buckets.forEach((bucket, index) => update(card(bucket.name), bucket, stats[index].op.samples));
}

function card(name) {
  if (cards.has(name)) return cards.get(name);
  const root = document.createElement('article');
  root.className = 'bucket';
  root.dataset.bucket = name;
  root.innerHTML = '<h3></h3><dl></dl><svg viewBox="0 0 590 100" preserveAspectRatio="none" role="img"><line class="base" x1="0" x2="590" y1="99.5" y2="99.5"/><path class="area"/><path class="line"/></svg><div class="scale"><span>60 s ago</span><span class="peak"></span><span>now</span></div>';
  root.querySelector('h3').textContent = name;
  root.querySelector('svg').setAttribute('aria-label', 'operations per second of ' + name);
  const figures = {};
  for (const label of ['Operations per second', 'Items', 'RAM used', 'Status']) {
    const term = document.createElement('dt'), value = document.createElement('dd'), pair = document.createElement('div');
    term.textContent = label;
    pair.append(term, value);
    root.querySelector('dl').append(pair);
    figures[label] = value;
  }
  figures['Operations per second'].className = 'ops';
  figures.Items.className = 'items';
  element('buckets').append(root);
  cards.set(name, { root, figures });
  return cards.get(name);
}

const mebibytes = (bytes) => (bytes / 1048576).toFixed(1);

function update({ root, figures }, bucket, samples) {
  figures['Operations per second'].textContent = bucket.basicStats.opsPerSec;
  figures.Items.textContent = bucket.basicStats.itemCount;
  figures['RAM used'].textContent = mebibytes(bucket.basicStats.memUsed) + ' of ' + mebibytes(bucket.quota.ram) + ' MiB';
  figures.Status.textContent = bucket.nodes[0].status;
  const peak = Math.max(1, ...samples.ops);
  const points = samples.ops.map((ops, index) => index * 10 + ',' + (99 - (ops / peak) * 95).toFixed(1));
  root.querySelector('.line').setAttribute('d', 'M' + points.join('L'));
  root.querySelector('.area').setAttribute('d', 'M0,99L' + points.join('L') + 'L590,99Z');
  root.querySelector('.peak').textContent = 'peak ' + peak + ' ops/s';
}

function signOut(reason) {
  credentials = null;
  sessionStorage.removeItem('credentials');
  clearTimeout(timer);
  element('login-error').textContent = reason;
  show('login');
}

element('login').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = element('username').value + ':' + element('password').value;
  credentials = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  sessionStorage.setItem('credentials', credentials);
  element('login-error').textContent = '';
  element('password').value = '';
  void refresh();
});
element('sign-out').addEventListener('click', () => signOut(''));
void refresh();
`;
