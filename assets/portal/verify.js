// Checks of leaves, proofs and signed heads, for entry.js and for the page that checks receipts.
export {};
