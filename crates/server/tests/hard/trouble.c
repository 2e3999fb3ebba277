/* Loaded before the C library: makes calls fail as a file says, and moves the wall clock.
 *
 * The file named by TROUBLE holds one line, read at every call: "OPERATION ERRNO SKIP PATH". From the call after SKIP
 * matching ones on, every OPERATION (sync, write, open, clock) on a file with PATH in its name fails with ERRNO.
 * TROUBLE_CLOCK_S is added to the wall clock; with TROUBLE_BOOT the machine's boot is the one named in that file. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_int seen;

/* The errno to fail with, or 0. */
static int fails(const char *operation, int fd, const char *path) {
    const char *control = getenv("TROUBLE");
    if (!control) return 0;
    char line[512], name[32], part[256], link[64], target[512];
    long file = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long length = syscall(SYS_read, file, line, sizeof line - 1);
    syscall(SYS_close, file);
    if (length <= 0) return 0;
    line[length] = 0;
    int error = 0, skip = 0;
    part[0] = 0;
    if (sscanf(line, "%31s %d %d %255s", name, &error, &skip, part) < 3 || strcmp(name, operation)) return 0;
    if (part[0]) {
        if (!path) {
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t bytes = readlink(link, target, sizeof target - 1);
            if (bytes < 0) return 0;
            target[bytes] = 0;
            path = target;
        }
        if (!strstr(path, part)) return 0;
    }
    return atomic_fetch_add(&seen, 1) < skip ? 0 : error;
}

#define REAL(kind, name) static kind real; if (!real) real = (kind)dlsym(RTLD_NEXT, name)
#define FAIL(operation, fd, path, bad) do { int e = fails(operation, fd, path); if (e) { errno = e; return bad; } } while (0)

typedef int (*sync_call)(int);
typedef ssize_t (*write_call)(int, const void *, size_t, off_t);
typedef int (*open_call)(const char *, int, ...);
typedef int (*clock_call)(clockid_t, struct timespec *);

int fsync(int fd) { REAL(sync_call, "fsync"); FAIL("sync", fd, NULL, -1); return real(fd); }
int fdatasync(int fd) { REAL(sync_call, "fdatasync"); FAIL("sync", fd, NULL, -1); return real(fd); }

/* A disk that fills up takes the first half of a write. */
static ssize_t written(write_call real, int fd, const void *bytes, size_t count, off_t at) {
    int error = fails("write", fd, NULL);
    if (error == ENOSPC && count > 1 && count % 2 == 0) return real(fd, bytes, count / 2 | 1, at);
    if (error) { errno = error; return -1; }
    return real(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { REAL(write_call, "pwrite"); return written(real, fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off_t at) { REAL(write_call, "pwrite64"); return written(real, fd, b, n, at); }

static int changes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT); }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(open_call, #name); \
        mode_t mode = 0; \
        if (flags & O_CREAT) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
        const char *boot = getenv("TROUBLE_BOOT"); \
        if (boot && !strcmp(path, "/proc/sys/kernel/random/boot_id")) path = boot; \
        if (changes(flags)) FAIL("open", -1, path, -1); \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_call, "clock_gettime");
    if (clock == CLOCK_MONOTONIC) FAIL("clock", -1, "", -1);
    int done = real(clock, time);
    const char *moved = getenv("TROUBLE_CLOCK_S");
    if (!done && clock == CLOCK_REALTIME && moved) time->tv_sec += atol(moved);
    return done;
}
