/**
 * What the page does by itself: says a focused or tapped lane in words, moves between lanes with the arrow keys, begins
 * a scrolled timeline at its first fault, and opens everything for printing.
 */
export const pageScript = `
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
const leftOf = (one) => one.getBoundingClientRect().left;
const shown = document.querySelector('.scroll');
const fault = document.querySelector('.fault-window');
if (shown && fault) shown.scrollLeft = leftOf(fault) - leftOf(document.querySelector('.plot')) - 24;
addEventListener('beforeprint', () =>
  document.querySelectorAll('details:not(.long)').forEach((one) => { one.open = true; }));
`;
