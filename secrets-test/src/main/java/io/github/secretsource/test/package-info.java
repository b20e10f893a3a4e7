/**
 * What a test of code that reads secrets needs, on real file systems and sockets: mounted volumes that rotate as
 * kubelet rotates them, a network that misbehaves on command, and secret values that are found wherever they leak.
 * Nothing here belongs in production.
 */
package io.github.secretsource.test;
