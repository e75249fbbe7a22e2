/* Con qué sanitizers se compila: gcc y clang lo dicen cada uno a su manera. */
#ifndef ASINC_SANITIZER_H
#define ASINC_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define AS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AS_ASAN 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define AS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AS_TSAN 1
#endif
#endif

#endif
