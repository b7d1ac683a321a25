// The page of an entry: checks the entry in the browser and says each step in the section #verify.
export {};
