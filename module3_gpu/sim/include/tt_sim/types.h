/* Vector types: dim3, float4 and their like. */
#ifndef TT_SIM_TYPES_H
#define TT_SIM_TYPES_H

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1)
        : x(x_), y(y_), z(z_)
    {
    }
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    constexpr operator uint3() const { return uint3{x, y, z}; }
};

/* A copy is one load and one store of the whole, as on the hardware: left to themselves, compilers
 * copy member by member, and the simulator would count four small accesses for a wide one. */
#define TT_SIM_VECTOR(T, name, n, bytes, members, parameters, values)                    \
    struct alignas(bytes) name {                                                         \
        T members;                                                                       \
        typedef T tti_whole __attribute__((vector_size(bytes), may_alias));              \
        name() = default;                                                                \
        constexpr name parameters : values {}                                            \
        name(const name &o) { whole() = o.whole(); }                                     \
        name &operator=(const name &o)                                                   \
        {                                                                                \
            whole() = o.whole();                                                         \
            return *this;                                                                \
        }                                                                                \
                                                                                         \
      private:                                                                           \
        tti_whole &whole() { return *reinterpret_cast<tti_whole *>(this); }              \
        const tti_whole &whole() const                                                   \
        {                                                                                \
            return *reinterpret_cast<const tti_whole *>(this);                           \
        }                                                                                \
    };
#define TT_SIM_COMMA ,
#define TT_SIM_VECTOR2(T, name)                                                          \
    TT_SIM_VECTOR(T, name, 2, 2 * sizeof(T), x TT_SIM_COMMA y, (T x_, T y_),             \
                  x(x_) TT_SIM_COMMA y(y_))                                              \
    static inline name make_##name(T x, T y)                                             \
    {                                                                                    \
        return name(x, y);                                                               \
    }
#define TT_SIM_VECTOR4(T, name)                                                          \
    TT_SIM_VECTOR(T, name, 4, 4 * sizeof(T),                                             \
                  x TT_SIM_COMMA y TT_SIM_COMMA z TT_SIM_COMMA w,                        \
                  (T x_, T y_, T z_, T w_),                                              \
                  x(x_) TT_SIM_COMMA y(y_) TT_SIM_COMMA z(z_) TT_SIM_COMMA w(w_))        \
    static inline name make_##name(T x, T y, T z, T w)                                   \
    {                                                                                    \
        return name(x, y, z, w);                                                         \
    }
TT_SIM_VECTOR2(char, char2)
TT_SIM_VECTOR2(unsigned char, uchar2)
TT_SIM_VECTOR2(short, short2)
TT_SIM_VECTOR2(unsigned short, ushort2)
TT_SIM_VECTOR2(int, int2)
TT_SIM_VECTOR2(unsigned, uint2)
TT_SIM_VECTOR2(long long, longlong2)
TT_SIM_VECTOR2(unsigned long long, ulonglong2)
TT_SIM_VECTOR2(float, float2)
TT_SIM_VECTOR2(double, double2)
TT_SIM_VECTOR4(char, char4)
TT_SIM_VECTOR4(unsigned char, uchar4)
TT_SIM_VECTOR4(short, short4)
TT_SIM_VECTOR4(unsigned short, ushort4)
TT_SIM_VECTOR4(int, int4)
TT_SIM_VECTOR4(unsigned, uint4)
TT_SIM_VECTOR4(float, float4)
/* Of 32 bytes, which the hardware moves in two halves. */
#define TT_SIM_VECTOR4_IN_HALVES(T, name)                                                \
    struct alignas(16) name {                                                            \
        T x, y, z, w;                                                                    \
        name() = default;                                                                \
        constexpr name(T x_, T y_, T z_, T w_) : x(x_), y(y_), z(z_), w(w_) {}           \
        name(const name &o) { *this = o; }                                               \
        name &operator=(const name &o)                                                   \
        {                                                                                \
            part(0) = o.part(0);                                                         \
            part(1) = o.part(1);                                                         \
            return *this;                                                                \
        }                                                                                \
                                                                                         \
      private:                                                                           \
        typedef T tti_half __attribute__((vector_size(16), may_alias));                  \
        tti_half &part(int i) { return reinterpret_cast<tti_half *>(this)[i]; }          \
        const tti_half &part(int i) const                                                \
        {                                                                                \
            return reinterpret_cast<const tti_half *>(this)[i];                          \
        }                                                                                \
    };                                                                                   \
    static inline name make_##name(T x, T y, T z, T w)                                   \
    {                                                                                    \
        return name(x, y, z, w);                                                         \
    }
TT_SIM_VECTOR4_IN_HALVES(double, double4)
TT_SIM_VECTOR4_IN_HALVES(long long, longlong4)
TT_SIM_VECTOR4_IN_HALVES(unsigned long long, ulonglong4)
#undef TT_SIM_VECTOR4_IN_HALVES
#undef TT_SIM_VECTOR4
#undef TT_SIM_VECTOR2
#undef TT_SIM_VECTOR
#undef TT_SIM_COMMA

/* Three of a kind are moved one by one, on the hardware as here. */
#define TT_SIM_VECTOR3(T, name)                                                          \
    struct name {                                                                        \
        T x, y, z;                                                                       \
    };                                                                                   \
    static inline name make_##name(T x, T y, T z)                                        \
    {                                                                                    \
        return name{x, y, z};                                                            \
    }
TT_SIM_VECTOR3(char, char3)
TT_SIM_VECTOR3(unsigned char, uchar3)
TT_SIM_VECTOR3(short, short3)
TT_SIM_VECTOR3(int, int3)
TT_SIM_VECTOR3(float, float3)
TT_SIM_VECTOR3(double, double3)
#undef TT_SIM_VECTOR3

static inline uint3 make_uint3(unsigned x, unsigned y, unsigned z)
{
    return uint3{x, y, z};
}

#endif
