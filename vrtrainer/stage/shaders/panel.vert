// A rectangle of the captions' plane, whose unit is a degree.
layout(location = 0) in vec2 corner;   // -1..1
uniform mat4 clip_from_plane;
uniform vec4 place;                    // centre, half width, half height
out vec2 from_centre;
void main() {
    from_centre = corner * (place.zw + 0.15);   // room for the soft edge
    gl_Position = clip_from_plane * vec4(place.xy + from_centre, 0.0, 1.0);
}
