/** Raised when the same file and the same question give other values or another picture, so that kept answers are asked for again. */
export const RENDER_EPOCH_OF_COGS = 1;
