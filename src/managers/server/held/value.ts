// What an object of a manager answers when it is to be copied out.

/** `object[copyOut]()` answers a plain value that stands for the object. */
export const copyOut = Symbol('copyOut');
