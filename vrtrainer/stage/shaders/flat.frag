in vec3 at;
in vec3 facing;
uniform vec4 colour;   // sRGB
uniform float rounded; // 0: one colour; 1: darker where it turns away
out vec4 seen;
void main() {
    vec4 c = colour;
    if (rounded > 0.5) {
        float away = 1.0 - abs(dot(normalize(facing), normalize(eye.xyz - at)));
        c.rgb *= 1.0 - 0.30 * away;
        c.a = mix(c.a, min(c.a + 0.25, 1.0), away);
    }
    seen = vec4(c.rgb * lamp.w, c.a);
}
