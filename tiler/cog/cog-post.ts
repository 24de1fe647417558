import { namedColormap } from './colormaps/named-colormap.js';
import { parseColormap } from './colormaps/parse-colormap.js';
import { parseExpression } from './expression/expression.js';
import { encodeImage } from './formats/encode-image.js';
import { statistics } from './image-post/statistics.js';
import type { Post } from './post.js';

/** What is done with an image after it has been read. */
export const post: Post = { parseExpression, namedColormap, parseColormap, encodeImage, statistics };
