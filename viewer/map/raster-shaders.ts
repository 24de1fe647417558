/** Distance of the hatching's lines and their width, in CSS pixels along the map's x axis. */
export const HATCH_PERIOD = 9;
const HATCH_WIDTH = 3.6;

/** Quads of a tile's bounds. */
export const VERTEX = `#version 300 es
#define SHADER_NAME raster-layer-vertex
in vec2 texCoords;
in vec3 positions;
in vec3 positions64Low;
out vec2 vTexCoord;
void main(void) {
  gl_Position = project_position_to_clipspace(positions, positions64Low, vec3(0.0), geometry.position);
  vTexCoord = texCoords;
}
`;

/**
 * A picture's colours; or, where its red channel holds class ids, the colours of the palette, hatched where the confidence
 * (percent; 255: unknown) is below the threshold. Only between the clip's device pixels.
 */
export const FRAGMENT = `#version 300 es
#define SHADER_NAME raster-layer-fragment
precision highp float;
uniform sampler2D pictureTexture;
uniform sampler2D paletteTexture;
uniform sampler2D confidenceTexture;
in vec2 vTexCoord;
out vec4 fragColor;

int whole(float channel) {
  return int(channel * 255.0 + 0.5);
}

/** 1 on a line, 0 between two, smooth over a device pixel. The lines stay on the ground while the map moves. */
float hatching(void) {
  float along = (gl_FragCoord.x + gl_FragCoord.y) / raster.pixelRatio + raster.hatchOffset;
  float off = abs(mod(along, ${HATCH_PERIOD.toFixed(1)}) - ${(HATCH_PERIOD / 2).toFixed(1)});
  float edge = ${(HATCH_WIDTH / 2).toFixed(2)};
  return 1.0 - smoothstep(edge - 0.6, edge + 0.6, off);
}

void main(void) {
  if (gl_FragCoord.x < raster.clip.x || gl_FragCoord.x >= raster.clip.y) discard;
  vec4 color = texture(pictureTexture, vTexCoord);
  if (raster.indexed > 0.5) {
    color = texelFetch(paletteTexture, ivec2(whole(color.r), 0), 0);
    int percent = whole(texture(confidenceTexture, vTexCoord).r);
    if (percent < int(raster.hatchBelow)) {
      color.rgb = mix(color.rgb, vec3(0.985, 0.975, 0.95), 0.82 * hatching());
    }
  }
  fragColor = vec4(color.rgb, color.a * raster.opacity);
}
`;

const BLOCK = `layout(std140) uniform rasterUniforms {
  vec2 clip;
  float opacity;
  float indexed;
  float hatchBelow;
  float hatchOffset;
  float pixelRatio;
} raster;
`;

export const rasterUniforms = {
  name: 'raster',
  vs: BLOCK,
  fs: BLOCK,
  uniformTypes: {
    clip: 'vec2<f32>',
    opacity: 'f32',
    indexed: 'f32',
    hatchBelow: 'f32',
    hatchOffset: 'f32',
    pixelRatio: 'f32',
  },
} as const;
