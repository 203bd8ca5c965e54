import { realSystemd } from './test/unit/platform/systemd/real-systemd.ts';
const s = await realSystemd();
try {
  const d = s.driver; const t = performance.now(); const woke: string[] = [];
  d.follow((u) => woke.push(u));
  const lap = (w: string) => console.log(w, Math.round(performance.now() - t));
  console.log(await d.installed());
  const N = Array.from({ length: 67 }, (_, i) => `s${i}.service`);
  console.log(await d.load(N.map((name) => ({ name, text: '[Service]\nExecStart=/bin/sleep 1000\n' })))); lap('load');
  console.log(await d.start(N)); lap('start');
  let o = await d.observe(N); lap('observe'); console.log(o.get('s0.service'), o.size);
  while (![...(o = await d.observe(N)).values()].every((u) => u.active === 'active')) await new Promise((r) => setTimeout(r, 10));
  lap('active'); console.log(o.get('s0.service'), woke.length);
  console.log(s.systemctl('show', '-p', 'ActiveState,InvocationID', 's0.service'));
  console.log(await d.stop(N)); lap('stop');
  while (![...(o = await d.observe(N)).values()].every((u) => u.active === 'inactive')) await new Promise((r) => setTimeout(r, 10));
  lap('inactive');
  console.log(await d.unload(N)); lap('unload'); 
  console.log(await d.observe(N.slice(0,2)), await d.shuttingDown());
  const bad = [{ name: 'bad.service', text: '[Service]\nRestart=no\n' }];
  console.log(await d.load(bad), await d.start(['bad.service', 'nosuch.service']), await d.stop(['nosuch.service']), await d.observe(['bad.service']));
} finally { await s.stop(); }
