/** Style sheet of the admin page. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --accent: #c8102e; }
[hidden] { display: none !important; }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; align-items: baseline; gap: 1rem; padding: .8rem 1.5rem; border-bottom: 3px solid var(--accent); }
header span { opacity: .6; font-size: .85rem; }
header button { margin-left: auto; }
h1 { font-size: 1.15rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.2rem 0 .6rem; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 2rem; }
footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 1.5rem; opacity: .6; font-size: .85rem; }
form { max-width: 18rem; display: grid; gap: .6rem; }
label { display: grid; gap: .2rem; }
input, button { font: inherit; padding: .35rem .6rem; }
#login-error, #lost { color: var(--accent); }
.bucket { border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; margin-bottom: 1rem; }
.bucket h3 { margin: 0 0 .4rem; }
.bucket dl { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: 0 0 .6rem; }
.bucket dt { font-size: .8rem; opacity: .65; }
.bucket dd { margin: 0; font-variant-numeric: tabular-nums; font-size: 1.15rem; }
svg { display: block; width: 100%; height: 9rem; }
svg .area { fill: var(--accent); opacity: .15; }
svg .line { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
svg .base { stroke: var(--line); vector-effect: non-scaling-stroke; }
.scale { display: flex; justify-content: space-between; font-size: .8rem; opacity: .65; }
`;
