/** The timeline: names stay, the picture scrolls under them. */
export const timelineStyle = `
.legend{
  display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;list-style:none;margin:0 0 .75rem;padding:0;font-size:.8125rem;
  color:var(--muted)
}
.swatch{display:inline-block;width:1.6em;height:.8em;vertical-align:-.05em;margin-right:.25em;border-radius:2px}
.swatch.on{background:var(--fill0);border:1px solid var(--edge0)}
.swatch.changing{
  border:1px solid var(--edge0);
  background:repeating-linear-gradient(135deg,var(--edge0) 0 1.5px,transparent 1.5px 4px)
}
.swatch.waiting{height:0;border-top:2px dotted var(--muted);border-radius:0;vertical-align:.25em}
.swatch.fault{background:var(--fault);opacity:.25}
.swatch.median{height:0;border-top:2px solid var(--text);border-radius:0;vertical-align:.25em}
.swatch.worst{background:var(--edge0);opacity:.45}
.swatch.failing{background:var(--fail)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px;background:var(--card)}
.chart{display:grid;grid-template-columns:11.5rem 1fr;min-width:calc(var(--min) + 11.5rem)}
.names{position:sticky;left:0;z-index:2;background:var(--card);border-right:1px solid var(--line)}
.name{display:flex;align-items:center;padding:0 .6rem;font-size:.8125rem;white-space:nowrap;overflow:hidden}
.name span{overflow:hidden;text-overflow:ellipsis}
.name.axis,.name.phases,.name.moments,.name.faults{color:var(--muted);font-size:.75rem}
.name.faults,.name.moments{align-items:start;padding-top:.15rem}
.name.heading{font-weight:650;border-top:1px solid var(--line)}
.name.probe{align-items:start;padding-top:.4rem}
.name.probe small{font-size:.75rem}
.plot{display:block}
.plot text{font:11px system-ui,sans-serif;fill:var(--text)}
.plot .tick{fill:var(--muted);font-variant-numeric:tabular-nums}
.plot .halo{paint-order:stroke;stroke:var(--card);stroke-width:3px}
.grid{stroke:var(--line)}
.rule{stroke:var(--line)}
.fault-window{fill:var(--fault);opacity:.09}
.fault-bar{fill:var(--fault)}
.plot .fault-name{fill:var(--fail);font-weight:600}
.phase rect{fill:var(--key)}
.phase.p1 rect{fill:none;stroke:var(--key)}
.plot .phase text{fill:var(--text)}
.moment rect{fill:var(--text)}
.plot .moment .number{fill:var(--card);font-size:10.5px;font-weight:600;stroke:none}
.plot .moment text{paint-order:stroke;stroke:var(--card);stroke-width:3px}
.moment-line{stroke:var(--text);stroke-dasharray:1 3;opacity:.75;pointer-events:none}
.lane{cursor:default}
.lane-ground{fill:transparent}
.lane:hover .lane-ground{fill:var(--key);opacity:.5}
.lane:focus{outline:none}
.lane:focus .lane-ground{fill:var(--key);stroke:var(--link);stroke-width:2}
.seg rect{stroke-width:1}
.seg.on rect{fill:var(--fill);stroke:var(--edge)}
.seg.changing rect{stroke:var(--edge)}
.plot .seg.changing text{paint-order:stroke;stroke:var(--card);stroke-width:3px}
.seg.off rect{fill:none;stroke:var(--off)}
.seg.failed rect{fill:var(--failTint);stroke:var(--fail)}
.seg.key rect{fill:var(--key);stroke:var(--keyEdge)}
.hatch-ground{fill:var(--card)}
.hatch-line{stroke:var(--edge);stroke-width:2.5}
.waiting line{stroke:var(--muted);stroke-width:2;stroke-dasharray:1 5;stroke-linecap:round}
.plot .waiting text{fill:var(--muted);paint-order:stroke;stroke:var(--card);stroke-width:4px}
.median{fill:none;stroke:var(--text);stroke-width:1.5;vector-effect:non-scaling-stroke}
.worst{fill:var(--edge0);opacity:.45}
.failing{fill:var(--fail)}
.readout{
  min-height:3em;margin:.5rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-radius:6px;
  background:var(--card);font-size:.8125rem;max-height:9em;overflow:auto
}
@media (max-width:640px){
  .chart{grid-template-columns:8.6rem 1fr;min-width:calc(var(--min) + 8.6rem)}
  .name{font-size:.75rem;padding:0 .4rem}
  .name.probe small{white-space:normal}
}
`;
