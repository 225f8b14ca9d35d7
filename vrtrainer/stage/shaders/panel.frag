in vec2 from_centre;
uniform vec4 place;
uniform float radius;
uniform float pixel;       // size of a pixel in degrees
uniform float border;
uniform vec4 fill;         // sRGB, as all of a panel
uniform vec4 edge;
uniform vec4 ink;
uniform float share;       // how much of it is filled, from the left
uniform vec4 lettering;    // centre and half size of the text inside, 0 for none
uniform sampler2D letters;
uniform float brightness;
out vec4 seen;
void main() {
    vec2 q = abs(from_centre) - place.zw + radius;
    float outside = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - radius;
    float inside = clamp(0.5 - outside / pixel, 0.0, 1.0);
    float rim = border > 0.0 ? clamp(0.5 + (outside + border) / pixel, 0.0, 1.0) : 0.0;
    float filled = clamp(0.5 + (share * 2.0 * place.z - place.z - from_centre.x) / pixel, 0.0, 1.0);
    vec4 c = vec4(fill.rgb, fill.a * filled);
    c = mix(c, edge, rim);
    if (lettering.z > 0.0) {
        vec2 t = (from_centre - lettering.xy) / lettering.zw;
        if (max(abs(t.x), abs(t.y)) <= 1.0) {
            float a = texture(letters, vec2(t.x * 0.5 + 0.5, 0.5 - t.y * 0.5)).r * ink.a;
            c.rgb = c.a > 0.0 ? mix(c.rgb, ink.rgb, a) : ink.rgb;
            c.a = mix(c.a, 1.0, a);
        }
    }
    seen = vec4(c.rgb * brightness, c.a * inside);
}
