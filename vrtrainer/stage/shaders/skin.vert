// A mesh at rest, moved by its face's weights and its bones, into the world. Written back by transform feedback.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in uvec4 joints;
layout(location = 3) in vec4 weights;

layout(std140) uniform Bones { mat3x4 bones[256]; };  // each column is a row of the affine matrix
uniform sampler2D displacements;  // RGB, one texel a vertex, one run a face weight
uniform sampler2D tilts;
uniform int morphed;              // the first so many vertices move with the face
uniform int moving;
uniform vec2 face[52];            // which weight, how much

out vec3 world_position;
out vec3 world_normal;

void main() {
    vec3 p = position, n = normal;
    if (gl_VertexID < morphed) {
        int width = textureSize(displacements, 0).x;
        for (int k = 0; k < moving; ++k) {
            int at = int(face[k].x) * morphed + gl_VertexID;
            ivec2 texel = ivec2(at % width, at / width);
            p += face[k].y * texelFetch(displacements, texel, 0).xyz;
            n += face[k].y * texelFetch(tilts, texel, 0).xyz;
        }
    }
    mat3x4 m = weights.x * bones[joints.x] + weights.y * bones[joints.y]
             + weights.z * bones[joints.z] + weights.w * bones[joints.w];
    world_position = vec4(p, 1.0) * m;
    world_normal = normalize(vec4(n, 0.0) * m);
    gl_Position = vec4(0.0);
}
