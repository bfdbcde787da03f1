declare module '*?highlight' {
  const listing: import('./listing.ts').Listing;
  export default listing;
}

declare module '*?page' {
  const listing: import('./listing.ts').Listing;
  export default listing;
}

declare module '*?process' {
  const listing: import('./listing.ts').Listing;
  export default listing;
}
