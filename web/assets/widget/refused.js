// Instead of the framed page: tells the page around it why.
window.parent.postMessage({ dateline: "refused", why: /** @type {HTMLElement} */ (document.currentScript).dataset.why }, "*");
