// The links in the bar: that to the part that is read is marked, and in sight.

/** The part that is read is where this line is, from the top of the window. */
const LINE = 30;

export function follow(nav: HTMLElement): void {
  const links = new Map([...nav.querySelectorAll('a')].map((link) => [link.hash.slice(1), link]));
  const observer = new IntersectionObserver(
    (entries) => {
      const link = links.get(entries.findLast(({ isIntersecting }) => isIntersecting)?.target.id ?? '');
      // Between two parts it is still the last one.
      if (link === undefined) return;
      for (const other of links.values()) other.removeAttribute('aria-current');
      link.setAttribute('aria-current', 'true');
      const before = Math.max(0, (nav.clientWidth - link.offsetWidth) / 2);
      nav.scrollTo({ left: link.offsetLeft - nav.offsetLeft - before });
    },
    { rootMargin: `-${LINE}% 0px -${100 - LINE}% 0px` },
  );
  for (const id of links.keys()) {
    const part = document.getElementById(id);
    if (part !== null) observer.observe(part);
  }
}
