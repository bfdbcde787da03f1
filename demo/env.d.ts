declare module '*?highlight' {
  const listing: import('./listing.ts').Listing;
  export default listing;
}
