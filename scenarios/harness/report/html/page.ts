import { type Markup, markup, trusted } from './markup.ts';
import { styleSheet } from './style.ts';

// Says a focused or tapped lane in words, moves between lanes with the arrow keys, begins a scrolled
// timeline at its first fault, and opens everything for printing.
const script = `
const readout = document.getElementById('readout');
const lanes = [...document.querySelectorAll('.lane')];
const say = (lane) => { if (readout) readout.textContent = lane.getAttribute('aria-label'); };
lanes.forEach((lane, at) => {
  lane.addEventListener('focus', () => say(lane));
  lane.addEventListener('click', () => say(lane));
  lane.addEventListener('keydown', (event) => {
    const to = { ArrowDown: lanes[at + 1], ArrowUp: lanes[at - 1] }[event.key];
    if (to) { event.preventDefault(); to.focus(); }
  });
});
const shown = document.querySelector('.scroll');
const fault = document.querySelector('.fault-window');
if (shown && fault) shown.scrollLeft = fault.getBoundingClientRect().left - document.querySelector('.plot').getBoundingClientRect().left - 24;
addEventListener('beforeprint', () => document.querySelectorAll('details:not(.long)').forEach((one) => { one.open = true; }));
`;

/** The frame of a page: style, skip link, navigation. */
export function page(args: {
  title: string;
  navigation: readonly { readonly id: string; readonly title: string }[];
  content: Markup;
}): string {
  const { title, navigation, content } = args;
  return markup`${trusted('<!DOCTYPE html>')}
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/>
<title>${title}</title><style>${trusted(styleSheet())}</style></head>
<body><a class="skip-link" href="#main">Skip to the result</a>
<nav aria-label="Parts of this page"><ul>${navigation.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main">${content}</main>
<script>${trusted(script)}</script></body></html>
`.text;
}
