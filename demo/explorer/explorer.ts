// The explorer: a picture of the Mandelbrot set, painted tile by tile, where every move gives up what is stale.

import * as mp from 'web-multiprocessing';
import { element } from '../dom.ts';
import { section } from '../section.ts';
import { FigureTable, type Mode } from './figures.ts';
import { Frames } from './frames.ts';
import { listenTo, type Moves, moveButtons } from './gestures.ts';
import { ownThread, type Painter, poolOf } from './painters.ts';
import { MOST_WORKERS, Panel } from './panel.ts';
import { Picture } from './picture.ts';
import { Strip } from './strip.ts';
import { paintTile } from './tile.ts';
import { HOME, moved, previewOf, tilesOf, type View, zoomed, zoomOf } from './view.ts';

type State = 'ready' | 'running' | 'finished' | 'stopped' | 'failed';

/** A picture on its way. */
interface Work {
  readonly control: AbortController;
  readonly total: number;
  drawn: number;
}

export class Explorer {
  readonly element: HTMLElement;
  readonly #picture: Picture;
  readonly #panel: Panel;
  readonly #moves: Moves = this.#makeMoves();
  readonly #where = element('p', { class: 'where' });
  readonly #hint = element('p', { class: 'start' }, 'Press Draw, or double-click to zoom in');
  readonly #table = new FigureTable();
  readonly #strip = new Strip();
  readonly #frames = new Frames((gap) => this.#strip.add(gap));
  #view: View = HOME;
  #workers = Math.min(MOST_WORKERS, mp.cpuCount());
  #mode: Mode = 'pool';
  #painter: Painter | undefined;
  #work: Work | undefined;
  #givenUp = 0;
  /** The frame at which the next picture begins. */
  #due = 0;

  constructor() {
    const canvas = element('canvas', {
      class: 'picture',
      tabindex: '0',
      role: 'application',
      'aria-label': 'The Mandelbrot set',
      'aria-describedby': 'explorer-keys',
    });
    this.#picture = new Picture(canvas);
    this.#panel = new Panel(this.#workers, {
      onDraw: () => this.#again(),
      onStop: () => this.#stop(),
      onWorkers: (count) => this.#change(() => (this.#workers = count)),
      onOwnThread: (own) => this.#change(() => (this.#mode = own ? 'page' : 'pool')),
    });
    this.element = this.#layOut(canvas);
    this.#say('ready', 'Ready');
    this.#tellWhere();
  }

  begin(): void {
    listenTo(this.#picture.canvas, this.#moves);
    new ResizeObserver(() => {
      if (!this.#picture.fit()) return;
      if (this.element.dataset.state === 'ready') this.#preview();
      else this.#schedule();
    }).observe(this.#picture.canvas);
  }

  #layOut(canvas: HTMLCanvasElement): HTMLElement {
    const notice =
      'The tiles come from `pool.imapUnordered(paintTile, tiles, { signal, onProgress })` as they are ready, and their ' +
      'pixels are moved, not copied: `transfer(…)`. Each move aborts the `signal`: what waits is dropped, what runs asks ' +
      '`mp.cancelled()` and returns. Try the same on the page’s own thread, and compare the longest frame.';
    return section(
      {
        id: 'explorer',
        title: 'Explorer',
        summary: 'A picture that a pool paints, while the page stays smooth.',
        notice,
      },
      element('div', { class: 'stage' }, canvas, this.#hint, this.#panel.progress),
      element('div', { class: 'moves' }, ...moveButtons(this.#moves), this.#where),
      element(
        'div',
        { class: 'console' },
        this.#panel.controls,
        this.#panel.settings,
        element(
          'div',
          { class: 'measured' },
          this.#table.element,
          this.#strip.element,
          element('p', { class: 'legend' }, 'A bar for each frame; a red one took more than 50 ms.'),
        ),
      ),
      element(
        'p',
        { class: 'keys', id: 'explorer-keys' },
        'Drag to move; double-click to zoom, or click and turn the wheel. On the keyboard: arrows, plus, minus, and 0 for all of it.',
      ),
    );
  }

  // ---------------------------------------------------------------------------------------------- moves

  #makeMoves(): Moves {
    const go = (to: View): void => {
      this.#picture.move(this.#view, to);
      this.#view = to;
      this.#tellWhere();
      this.#table.clear();
      this.#schedule();
    };
    return {
      zoom: (factor, event) => {
        const place = event === undefined ? [] : this.#picture.placeOf(event);
        go(zoomed(this.#view, this.#picture.size, factor, ...place));
      },
      pan: (x, y) => {
        const { width, height } = this.#picture.size;
        go(moved(this.#view, this.#picture.size, x * width, y * height));
      },
      drag: (x, y) => {
        const ratio = this.#picture.size.width / this.#picture.canvas.clientWidth;
        go(moved(this.#view, this.#picture.size, x * ratio, y * ratio));
      },
      home: () => go(HOME),
    };
  }

  #tellWhere(): void {
    const { re, im } = this.#view;
    const digits = Math.min(14, 3 + Math.max(0, Math.ceil(Math.log10(zoomOf(this.#view)))));
    const zoom = zoomOf(this.#view);
    const times = zoom < 1000 ? zoom.toPrecision(3) : zoom.toExponential(1).replace('e+', ' · 10^');
    const sign = im < 0 ? '−' : '+';
    this.#where.textContent = `${times}× at ${re.toFixed(digits).replace('-', '−')} ${sign} ${Math.abs(im).toFixed(digits)} i`;
  }

  // ---------------------------------------------------------------------------------------------- painting

  /** What there is to see before anybody has asked for it: coarse, and made here, for no worker is to start for it. */
  #preview(): void {
    this.#picture.stretch(paintTile(previewOf(this.#view, this.#picture.size)));
    this.#picture.dim();
  }

  /** The same view by others, or by as many others. */
  #change(change: () => void): void {
    this.#giveUp();
    this.#painter?.end();
    this.#painter = undefined;
    change();
    if (this.element.dataset.state !== 'ready') this.#again();
  }

  #again(): void {
    this.#picture.fit();
    this.#picture.dim();
    this.#schedule();
  }

  /** Gives up at once what is stale. At the next frame, after all moves of this one, a new picture begins. */
  #schedule(): void {
    this.#giveUp();
    this.#say('running', 'Drawing…');
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      void this.#paint();
    });
  }

  #stop(): void {
    cancelAnimationFrame(this.#due);
    this.#due = 0;
    this.#giveUp();
    this.#say('stopped', 'Stopped');
  }

  #giveUp(): void {
    const work = this.#work;
    if (work === undefined) return;
    this.#work = undefined;
    work.control.abort();
    this.#givenUp += work.total - work.drawn;
    this.#panel.givenUp.textContent = String(this.#givenUp);
    void this.#frames.end();
  }

  async #paint(): Promise<void> {
    const tiles = tilesOf(this.#view, this.#picture.size);
    const work: Work = { control: new AbortController(), total: tiles.length, drawn: 0 };
    const { signal } = work.control;
    const mode = this.#mode;
    const painters = new Set<number>();
    const began = performance.now();
    const show = (): void => {
      const milliseconds = performance.now() - began;
      const { smoothness } = this.#frames;
      this.#table.show(mode, {
        tiles: work.drawn,
        total: work.total,
        painters: painters.size,
        milliseconds,
        smoothness,
      });
    };
    this.#work = work;
    this.#panel.progress.value = 0;
    this.#strip.begin();
    this.#frames.begin();
    try {
      this.#painter ??= mode === 'pool' ? poolOf(this.#workers) : ownThread();
      const onProgress = (done: number): void => {
        if (!signal.aborted) this.#panel.progress.value = done / tiles.length;
      };
      for await (const tile of this.#painter.paint(tiles, signal, onProgress)) {
        if (signal.aborted) return;
        this.#picture.put(tile);
        painters.add(tile.pid);
        work.drawn++;
        show();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#giveUp();
      this.#say('failed', `Failed: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const milliseconds = performance.now() - began;
    await this.#frames.end();
    if (this.#work !== work) return;
    this.#work = undefined;
    const { smoothness } = this.#frames;
    this.#table.show(mode, { tiles: work.drawn, total: work.total, painters: painters.size, milliseconds, smoothness });
    this.#strip.end();
    this.#say('finished', `Drew ${work.total} tiles in ${milliseconds.toFixed(0)} ms`);
  }

  #say(state: State, text: string): void {
    this.element.dataset.state = state;
    this.#panel.status.textContent = text;
    this.#panel.running(state === 'running');
  }
}
