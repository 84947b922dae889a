/**
 * The layout of structured values. A value is a byte stream beside one text that holds all of its strings in order, so
 * that reading it back takes one call into the engine for all of them. In front: a count that is twice the length of
 * the text in bytes, plus one when the text is not ASCII but UTF-8; then the stream; the text is at the end.
 */

/** First byte of an item. 0 to 127: a string of so many UTF-16 units; 128 to 191: the numbers 0 to 63. */
export const SMALL_NUMBER = 128;
export const SMALL_NUMBER_LIMIT = 64;
export const NULL = 192;
export const TRUE = 193;
export const FALSE = 194;
export const UNDEFINED = 195;
/** Four bytes, little-endian, signed. */
export const INT32 = 196;
/** Eight bytes, little-endian. */
export const FLOAT64 = 197;
/** A count of UTF-16 units follows. */
export const LONG_STRING = 198;
/** A count follows, and as many items. */
export const ARRAY = 199;
/** An object of a shape that is new in this value: the length of its names in the text, then its values. */
export const NEW_SHAPE = 200;
/** An object of a shape met before in this value: its number, then its values. */
export const KNOWN_SHAPE = 201;
/** An array of objects of one shape, by columns: a count, the shape (as above), its columns. */
export const TABLE = 202;
export const EMPTY_OBJECT = 203;
/** Six bytes, little-endian, not negative: times are such numbers. */
export const UINT48 = 204;

/** Kinds of columns. One item for all rows. */
export const CONSTANT = 0;
/** A count of items, the items, and their numbers in 1, 2, 4 or 8 bits a row. */
export const DICTIONARY = 1;
/** Strings: the width of their lengths in bytes, or 0 and the length they share; then the lengths. */
export const STRINGS = 2;
/** Integers: the smallest as an item, the width in bytes of the distances from it, the distances. */
export const INTEGERS = 3;
/** Decimal fractions: what they were multiplied with, as an item; then as integers. */
export const DECIMALS = 4;
/** Eight bytes each. */
export const DOUBLES = 5;
/** Objects of one shape: the shape and its columns. */
export const OBJECTS = 6;
/** Items of any kind. */
export const ITEMS = 7;
/** Some are null: a bit a row that says which are not, then a column of those. */
export const NULLABLE = 8;
/** Arrays: a column of their lengths, then one of all that they hold, one array behind the other. */
export const LISTS = 9;

/** Rows from which on an array of objects is written by columns. */
export const TABLE_FROM_ROWS = 4;
/** More rows than anybody caches in one value: a length beyond it is a damaged record. */
export const MAX_ROWS = 0x0100_0000;
/** Separates names where they are stored as one text. */
export const NAME_SEPARATOR = '\0';
/** Items of a list that a plan writes at most: their number fits into one byte. */
export const MAX_LIST = 127;
