in vec2 from_centre;
uniform vec3 ring;       // sRGB, as the rim
uniform vec3 rim;
uniform vec2 sizes;
uniform vec3 now;        // how far the dwell is, whether it is pressed, brightness
out vec4 seen;

float within(float distance, float soft) { return clamp(0.5 - distance / soft, 0.0, 1.0); }

void main() {
    float r = length(from_centre);
    float soft = max(fwidth(r), 1e-4);
    float outer = sizes.x;
    // Linen round and inside the teal ring keeps it in sight on every colour; pressed, the ring closes to a disc.
    float hole = now.y > 0.5 ? -1.0 : outer - 0.23;
    float rimmed = within(r - outer, soft) * within(max(hole - 0.07, -1.0) - r, soft);
    float ringed = within(r - (outer - 0.09), soft) * within(hole - r, soft);
    vec3 c = mix(rim, ring, ringed);
    float a = max(rimmed, ringed);
    if (now.x > 0.0) {
        float turn = atan(from_centre.x, from_centre.y) * 0.15915494;  // clockwise from the top
        turn -= floor(turn);
        float wide = abs(r - (sizes.y - 0.11));
        float edge = soft * 0.15915494 / max(r, 1e-3);
        float filled = now.x >= 1.0 ? 1.0 : within(turn - now.x, edge) * within(-turn, edge * 0.5);
        float track = within(wide - 0.11, soft), line = within(wide - 0.07, soft);
        if (track > 0.0) {
            c = mix(rim, ring, line * filled);
            a = track * mix(0.75, 1.0, line * filled);
        }
    }
    seen = vec4(c * now.z, a);
}
