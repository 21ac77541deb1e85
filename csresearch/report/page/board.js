for (const panel of document.querySelectorAll(".board")) {
  const {current, paths, point, draws, quantiles, words, decimal, between} = JSON.parse(panel.querySelector("script").textContent);
  const sliders = [...panel.querySelectorAll("input")], shown = [...panel.querySelectorAll("output")];
  const last = current.length - 1, targets = [...new Set(paths.map(path => path[1]))].sort((a, b) => a - b);
  const bounded = (level, move) => Math.max(-Math.max(level, 0), Math.min(Math.max(100 - level, 0), move));
  const further = (own, came) => own > 0 ? Math.max(own, came) : own < 0 ? Math.min(own, came) : came;
  // One draw: level of the outcome, then a slope a path; what arrives counts towards a node's own move.
  const change = (row, asked) => {
    const found = asked.map((move, node) => bounded(current[node], move));
    for (const node of targets) {
      const came = paths.reduce((sum, [from, to], k) => to === node ? sum + row[k + 1] * found[from] : sum, 0);
      found[node] = node === last ? bounded(row[0], came) : bounded(current[node], further(found[node], came));
    }
    return found[last];
  };
  const quantile = (sorted, share) => {
    const place = share * (sorted.length - 1), low = Math.floor(place), high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] * (1 - place + low) + sorted[high] * (place - low);
  };
  const print = (value, signed) => {
    const digits = Math.abs(value).toFixed(1);
    return (Number(digits) === 0 ? "" : value < 0 ? "−" : signed ? "+" : "") + digits.replace(".", decimal);
  };
  const update = () => {
    const asked = [...sliders.map(slider => Number(slider.value)), 0], moved = change(point, asked);
    const sorted = Float64Array.from(draws, row => change(row, asked)).sort();
    const [low, planning, high] = quantiles.map(share => print(quantile(sorted, share), true));
    const said = {before: print(current[last]), after: print(current[last] + moved), planning, change: `${print(moved, true)} [${low}${between}${high}]`};
    const fill = key => words[key].replace(/\{(\w+)\}/g, (_, name) => said[name]);
    sliders.forEach((slider, k) => shown[k].textContent = print(Number(slider.value), true));
    panel.querySelector(".value").textContent = fill("line");
    panel.querySelector(".said").textContent = `${fill("change")}. ${fill("planning")}.`;
  };
  sliders.forEach(slider => slider.addEventListener("input", update));
  panel.querySelector("button").addEventListener("click", () => { sliders.forEach(slider => slider.value = 0); update(); });
  update();
  panel.hidden = false;
}
