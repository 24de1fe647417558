/** How long a tile takes to come out of what lies beneath. */
export const FADE_MS = 320;
/** Distance of the hatching's lines and their width, in CSS pixels along the map's x axis. */
export const HATCH_PERIOD = 9;
const HATCH_WIDTH = 3.6;

/** A square for each tile, from its south-western corner to its north-eastern one, in degrees. */
export const VERTEX = `#version 300 es
#define SHADER_NAME raster-layer-vertex
in vec3 positions;
in vec3 instanceSouthWests;
in vec3 instanceSouthWests64Low;
in vec3 instanceNorthEasts;
in vec3 instanceNorthEasts64Low;
in float instanceSlots;
in float instanceSince;
out vec2 vTexCoord;
flat out float vSlot;
flat out float vAge;
void main(void) {
  // Chosen, not mixed: neighbours share their corners to the last bit.
  bool east = positions.x > 0.5;
  bool north = positions.y > 0.5;
  vec3 corner = vec3(
    east ? instanceNorthEasts.x : instanceSouthWests.x,
    north ? instanceNorthEasts.y : instanceSouthWests.y,
    0.0
  );
  vec3 corner64Low = vec3(
    east ? instanceNorthEasts64Low.x : instanceSouthWests64Low.x,
    north ? instanceNorthEasts64Low.y : instanceSouthWests64Low.y,
    0.0
  );
  gl_Position = project_position_to_clipspace(corner, corner64Low, vec3(0.0), geometry.position);
  vTexCoord = vec2(positions.x, 1.0 - positions.y);
  vSlot = instanceSlots;
  vAge = clamp((raster.now - instanceSince) / ${FADE_MS.toFixed(1)}, 0.0, 1.0);
}
`;

/**
 * A picture's colours; or, where its red channel holds class ids, the colours of the palette, hatched where the confidence
 * (percent; 255: unknown) is below the threshold. Only between the clip's device pixels.
 */
export const FRAGMENT = `#version 300 es
#define SHADER_NAME raster-layer-fragment
precision highp float;
precision highp sampler2DArray;
uniform sampler2DArray pictureTexture;
uniform sampler2D paletteTexture;
uniform sampler2DArray percentTexture;
in vec2 vTexCoord;
flat in float vSlot;
flat in float vAge;
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
  vec3 at = vec3(vTexCoord, vSlot);
  vec4 color = texture(pictureTexture, at);
  if (raster.indexed > 0.5) {
    color = texelFetch(paletteTexture, ivec2(whole(color.r), 0), 0);
    if (raster.hatchBelow > 0.5 && whole(texture(percentTexture, at).r) < int(raster.hatchBelow)) {
      color.rgb = mix(color.rgb, vec3(0.985, 0.975, 0.95), 0.82 * hatching());
    }
  }
  fragColor = vec4(color.rgb, color.a * raster.opacity * vAge);
}
`;

const BLOCK = `layout(std140) uniform rasterUniforms {
  vec2 clip;
  float opacity;
  float now;
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
    now: 'f32',
    indexed: 'f32',
    hatchBelow: 'f32',
    hatchOffset: 'f32',
    pixelRatio: 'f32',
  },
} as const;
