in vec3 at;
in vec3 facing;
in vec3 pattern;
in float level;
in float open_air;
in float to_finger;
flat in float finger;
uniform vec3 cloth;       // linear, as the two others
uniform vec3 shade;
uniform vec3 cuff;
uniform float brightness;
uniform int only_depth;
out vec4 seen;

#ifdef HOLES
// How far inside a dot this is, metres. Rows are shifted by half, so that dots lie as in a honeycomb.
float inside_dot() {
    float pitch = dots.x;
    float row = floor(pattern.x / pitch + 0.5);
    float up = pattern.x - row * pitch;
    float across;
    if (finger > 0.5) {
        float cells = atan(pattern.z, pattern.y) * dots.y * 0.15915494 + 0.5 * mod(row, 2.0);
        across = (cells - floor(cells + 0.5)) * 6.2831853 / dots.y * length(pattern.yz);
    } else {
        float cells = pattern.y / pitch + 0.5 * mod(row, 2.0);
        across = (cells - floor(cells + 0.5)) * pitch;
    }
    // Dots take 0.38 of the cloth; they grow until they have closed, and shrink to nothing.
    float most = 0.75 * pitch, dotted = 0.35 * pitch;
    float radius = level < 0.5 ? dotted * level * 2.0 : mix(dotted, most, level * 2.0 - 1.0);
    return radius - length(vec2(up, across));
}
#endif

void main() {
    float covered = 1.0;
#ifdef HOLES
    // Where palm and finger lie on each other only one of them is drawn, so that their patterns do not mix.
    float mine = finger > 0.5 ? -to_finger : to_finger;
    if (level <= 0.0 || mine < -0.0006) discard;
    if (only_depth == 1) {
        seen = vec4(0.0);
        return;
    }
    if (level < 1.0) {
        float inside = inside_dot();
        float soft = max(fwidth(inside), 1e-6);
        covered = clamp(inside / soft + 0.5, 0.0, 1.0);
        if (covered <= 0.0) discard;
    }
#endif
    vec3 n = normalize(facing);
    float size = wrist.w;
    float back = -dot(at - wrist.xyz, along.xyz) / size;
    float edge = max(fwidth(back), 1e-6);
    float band = clamp((back - 0.008) / edge + 0.5, 0.0, 1.0) * clamp((0.026 - back) / edge + 0.5, 0.0, 1.0);
    float opening = clamp((back - (OPENING - 0.0004)) / edge + 0.5, 0.0, 1.0);
    vec3 surface = mix(cloth, cuff, band);
    surface = mix(surface, shade, 0.75 * (1.0 - smoothstep(0.25, 0.95, open_air)));
    // Wool is a little darker where it turns away: so a light glove stands out from a light room.
    float rim = 1.0 - abs(dot(n, normalize(eye.xyz - at)));
    surface = mix(surface, shade, 0.55 * rim * rim);
    surface = mix(surface, shade * 0.6, opening);
    float towards = dot(n, to_light.xyz);
    float diffuse = clamp((towards + 0.35) / 1.35, 0.0, 1.0);
    vec3 around = mix(ground.rgb, sky.rgb, n.y * 0.5 + 0.5);
    vec3 light = surface * (around * 0.85 + lamp.rgb * diffuse * 0.8);
    seen = vec4(to_srgb(light) * brightness, covered);
}
