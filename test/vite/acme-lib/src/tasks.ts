'use multiprocessing';

export const square = (x: number): number => x * x;

export class Box {
  readonly content: number;

  constructor(content: number) {
    this.content = content;
  }
}

export const pack = (content: number): Box => new Box(content);

export const half = (x: number): number => x / 2;
