layout(location = 0) in vec2 corner;
uniform mat4 clip_from_plane;
uniform vec2 place;
uniform vec2 sizes;      // radius of the cursor, of the ring that fills; degrees
out vec2 from_centre;
void main() {
    from_centre = corner * (sizes.y + 0.15);  // room for the soft edge
    gl_Position = clip_from_plane * vec4(place + from_centre, 0.0, 1.0);
}
