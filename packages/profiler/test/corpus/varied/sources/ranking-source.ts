interface Product {
  readonly name: string;
  readonly price: number;
}

interface Options {
  readonly order: keyof Product;
}

export class Ranking {
  readonly #order: keyof Product;

  constructor({ order }: Options = { order: 'price' }) {
    this.#order = order;
  }

  best(products: readonly Product[]): number {
    let better = 0;
    for (const one of products) {
      for (const other of products) {
        if (one[this.#order] < other[this.#order] && one.name !== other.name) better += 1; // <- here
      }
    }
    return better;
  }
}
