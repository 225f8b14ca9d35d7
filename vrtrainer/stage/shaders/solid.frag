in vec3 at;
in vec3 facing;
in vec2 on_image;
#ifdef TINTED
in vec4 tinted;
#endif
uniform sampler2D image;
uniform sampler2DShadow shadow;
uniform vec4 colour;      // linear
uniform vec4 emissive;    // rgb linear; a: 1 takes no light
uniform vec2 finish;      // roughness, alpha below which nothing is drawn
out vec4 seen;

#ifdef SHADOW
const vec2 cos_sin[4] = vec2[4](vec2(1, 0), vec2(0, 1), vec2(-1, 0), vec2(0, -1));

float lit(vec3 normal) {
    vec4 s = shadow_from_world * vec4(at + normal * 0.012, 1.0);
    vec3 p = s.xyz * 0.5 + 0.5;
    bool held = sky.w > 0.5 && all(greaterThan(p, vec3(0.001))) && all(lessThan(p, vec3(0.999)));
    float r = to_light.w * 1.9;
    p.z -= 0.0015;
    float sum = 0.0;
    // A loop, so that software renderers too leave it out where the map holds nothing.
    int taps = held ? 4 : 0;
    for (int k = 0; k < taps; ++k) {
        vec2 turn = vec2(cos_sin[k].x - 0.42 * cos_sin[k].y, 0.42 * cos_sin[k].x + cos_sin[k].y);
        sum += texture(shadow, p + vec3(turn * 1.2 * r, 0.0));
    }
    if (!held) return 1.0;
    // The shadow ends softly at the edge of what the light's map holds.
    vec2 edge = 1.0 - smoothstep(vec2(0.42), vec2(0.5), abs(p.xy - 0.5));
    return mix(1.0, sum * 0.25, edge.x * edge.y);
}
#else
float lit(vec3 normal) { return 1.0; }
#endif

void main() {
    // Images are kept as they are and turned into light here, once, after filtering.
    vec4 picture = texture(image, on_image);
    picture.rgb *= picture.rgb * (picture.rgb * 0.305306011 + 0.682171111) + 0.012522878;
    vec4 surface = colour * picture;
#ifdef TINTED
    surface *= tinted;
#endif
#ifdef HOLES
    if (surface.a < finish.y) discard;
#endif
    vec3 light = surface.rgb;
    if (emissive.a < 0.5) {
        vec3 n = normalize(gl_FrontFacing ? facing : -facing);
        float towards = dot(n, to_light.xyz);
        float shade = lit(n);
        // A soft lamp reaches a little round the edge.
        float diffuse = clamp((towards + 0.22) / 1.22, 0.0, 1.0);
        diffuse *= mix(1.0, shade, smoothstep(-0.22, 0.05, towards));
        vec3 around = mix(ground.rgb, sky.rgb, n.y * 0.5 + 0.5);
        light = surface.rgb * (around + lamp.rgb * diffuse);
#ifndef MATTE
        float gloss = 1.0 - finish.x;
        float sharp = 8.0 + 700.0 * gloss * gloss * gloss;
        vec3 h = normalize(to_light.xyz + normalize(eye.xyz - at));
        float shine = exp2(1.4427 * sharp * (dot(n, h) - 1.0)) * gloss * gloss * gloss * (sharp + 8.0) * 0.016;
        light += lamp.rgb * (shine * max(towards, 0.0) * shade);
#endif
    }
    light += emissive.rgb;
    seen = vec4(to_srgb(light) * lamp.w, surface.a);
}
