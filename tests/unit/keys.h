/* SPDX-License-Identifier: MIT */
/* A key made for these tests and nothing else, with a certificate for the year 2026; a key that is
 * too short. */
#ifndef AMR_TEST_KEYS_H
#define AMR_TEST_KEYS_H

#include <stdint.h>

static const char unit_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICrzCCAZcCFAhI89Ga7Edy/75/ETpmxnsHYNM5MA0GCSqGSIb3DQEBCwUAMBQx\n"
    "EjAQBgNVBAMMCXVuaXQgdGVzdDAeFw0yNjAxMDEwMDAwMDBaFw0yNjEyMzEyMzU5\n"
    "NTlaMBQxEjAQBgNVBAMMCXVuaXQgdGVzdDCCASIwDQYJKoZIhvcNAQEBBQADggEP\n"
    "ADCCAQoCggEBAJYt6cdqjtk8WQkjPmGyNlHU32cOg0sjle0M/RD6t3sThBg8P9Z9\n"
    "YmezUX2s9HflU+lJDV3/yh3AxwU20vCKMW7asYz/jiyjn0Jko4OC5FkyuUcocFxZ\n"
    "rWFl5ZTPYholamMHYbQ/1VOyg8e/3yOq7UdQJqPiXwHW1iy6mGD0/qdQ+D0xJzFe\n"
    "O9okxPmD17MXytLmPTN/YCXuBhfyUo+o35LtAGhdBwrTRc5aOHP8JJ7/FtP7k6I9\n"
    "01fEowjC8tgCvrSmRDTDWHckV7oWa5XuCczXDaZ+vy4EZ3P8KHwp3ZTe12y9WnWM\n"
    "eDNMGEAn1JBpFKXgdLGXKcdyvTxofAO+BJkCAwEAATANBgkqhkiG9w0BAQsFAAOC\n"
    "AQEAeip4fTq0dNCGlFh/sbf/ukX87IJAZIS3hS2nR0YLon6BSVX6PogqljM+D6YA\n"
    "bc6wRWFcXjYp+IeyfrecJiqxwq/CP+eGaYCXeigVUImz4hIV9dGmlNaSVO6t6gHN\n"
    "cw7hvX1llx5//PgfmGu5rtZPwz1zX1O8OQGih7lU9+M6rP2YOvy/pnasKh8Z2HJy\n"
    "bHfrUSLoqfxI+n1gRXeIh1jYVlR87Px7r1YTZJ2SNtyRu/f/xzlLgMYu1iuHWc8h\n"
    "tVW39KnNMzItN8Mg+PDlYA8J8kyw6d6fUs/zl6YSm9qNh720gvj0XMnIK1S9V2Ji\n"
    "0rs7vi7ItGNLuvFvt2hELwGBHQ==\n"
    "-----END CERTIFICATE-----\n";

static const char unit_key[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCWLenHao7ZPFkJ\n"
                               "Iz5hsjZR1N9nDoNLI5XtDP0Q+rd7E4QYPD/WfWJns1F9rPR35VPpSQ1d/8odwMcF\n"
                               "NtLwijFu2rGM/44so59CZKODguRZMrlHKHBcWa1hZeWUz2IaJWpjB2G0P9VTsoPH\n"
                               "v98jqu1HUCaj4l8B1tYsuphg9P6nUPg9MScxXjvaJMT5g9ezF8rS5j0zf2Al7gYX\n"
                               "8lKPqN+S7QBoXQcK00XOWjhz/CSe/xbT+5OiPdNXxKMIwvLYAr60pkQ0w1h3JFe6\n"
                               "FmuV7gnM1w2mfr8uBGdz/Ch8Kd2U3tdsvVp1jHgzTBhAJ9SQaRSl4HSxlynHcr08\n"
                               "aHwDvgSZAgMBAAECggEAAp6p65njBIyeM//apHsmoe5P+F0DMtIb2S8HEh8BiOLa\n"
                               "BM82QOBekVcKNqJIAHhuao0k780YwkSc5C0k6F/MxXWIr+A8Y3B2RIL7bD2iDKFL\n"
                               "JJ/it+WzldWgd+RXPoQFE1WrYWjUqJleXaNt+dIPQhV2mxjFlgNgqJaXtmdHsvT6\n"
                               "iM8UKXJKF0k/9iAynowPMwAyTNn0lvEq7rT4ro/JHc2tzjsl6fYN6A4kAgcF3OGq\n"
                               "cCkuUXREitE6BBcZQ5UeYzgbrLKgpHjIuiuBtA1tziEChYNE5294rqzXaP1mykSd\n"
                               "upI9hIlU8Lk2wQt0yHDovXF1u174enUMn8w5FWtZZQKBgQDQ6LrRptrOe6YTsAcE\n"
                               "Nm6z6a/YcoMJfPEeQz/vZa06MssSwTnojJGIJ/j832E+dE1Q624sbDsJS3UADw1X\n"
                               "7lfzSHGtKQT4jfJCagBUF4M8MdMATI/RixFP/CYGIlZE6NMj6YHZOlinuBucZNBA\n"
                               "0Og/RF/p4zSDQsThKF8GeZuS7QKBgQC4CCKX7bjhZnrUlTGlItPNuw08fjMLgDt2\n"
                               "1XIzy/+jAR9/KsIgw5FuW0yPyzxCnMbcuzy9Vcnp4dFE+AEZjoAzMPqPz9UjfEYG\n"
                               "GKtAvQexbysX0IwkD1swg8FKTY2OyA6c6RF/02RMha3iv1xRbxJmH8q7xXBmRL4w\n"
                               "FWoqGgUm3QKBgQCtSK5V4rpSVdwvLm7Tfrcawvcaafnpb9qtCIlK8SLcSG+Lsf1v\n"
                               "uNGqh8WPM1b9MAlF2tM7Q9dAYXe+Qb4Gtuv7H5czU/gMl+lgT37QQeSYlJd6Awe0\n"
                               "f08v8m4z3l2CsUEZ48HSRwRsslksw66+ZMqQWA3a+px/WG3oec1AmLSEDQKBgCZ6\n"
                               "lPkdXIXMjqw6UboMkSq4DKl0Xanu8wAC2zEXW2kyx+on/5UoLxVbA6QhQ4VOEIqA\n"
                               "n8+ay3Aapk38aQZ19Do/6HP/abpUtrN5nv0XSS+BZgpBsbusdk2rjtPBaXLMQ7nt\n"
                               "RZprkdIqNVRu3JeuWLN/vD0MqFbJ0tZs89i/vgoFAoGAdn9Yq8kGfL9xJLZ2y1mr\n"
                               "OCQauijvdDRttCyFBSxWFgD9TOsaCw+ZyFLDbeL+Dbx/vpBaqHsJ70f/s6ttWwTB\n"
                               "5GZ+zW7sv755MjSQbQSOsssNpuME/9NlI4C4/qGTiB+K0VHH9FC2liWt2lweV6AH\n"
                               "yEBa7WWoNkhaGGSqYTW8JWc=\n"
                               "-----END PRIVATE KEY-----\n";

static const char unit_short_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAJfNR5WcQFu4ylUU\n"
    "EG583NF4A5AiQLXJ9OEsblfiBguEUf/Co1YF8UdTsu2zCzuMibxvdaquEnlRuQUp\n"
    "UiHIbtYzUjfYAeMh3UKJ4+JCdPtnThf18eiZS+6DMR6Y/vyJC01b61sTSpQJjp9W\n"
    "gSt1UPmC6nvEmIuZ56llqQe/nOFtAgMBAAECgYAgp6Yohu5JTN0ppCFMw0t1PA34\n"
    "KYYmFQW6kqZB/XszawmArUwZqzmWEGlDPOrDqp3OjWOQjdWnh273r0XdwpIk6SD+\n"
    "1kdsJWTGyZwOnig7vP6Z2R0pG+puSohtDe6lIRl7zNrWIybr/eUoOKIbFkGyEDlb\n"
    "4wX5TIidCug6B+8PAQJBAMWSYTUMS9G2l2HNvBEFC0xijSMgBMEvlYdExqMsuYSO\n"
    "8w9gusf6vCM59pGba7JkCi7rdRiLJvqtsnq7Culv4E0CQQDEscjGzLn7MDd6sV1k\n"
    "MXll8f3PGOLYFTB5Dy3l/hPPTmUm1SrYNBOEiz3tfoEbj8aCT6Xz0VGL1aoBrW9X\n"
    "hJWhAkEAnyA2irNMnauiYXOCdXLKlssJQbEYI0Bf/oK2OdZb1RgNS+VsioS34udc\n"
    "YAn9w8AvM3sQ5KOu0Vf02EStlTY2QQJAWOdarrCeZ3DVwrkkU0Mhcfi9FbxT3ANH\n"
    "05AO2OPMpGj0w2aaZPq0z7X4Gb6SMJj9yqyhf+DekOvUWcnAh7g/wQJAf+Wvpxuh\n"
    "Ni4ehf22zuxfZrRYTHTIvUDMPva70L+oVXRHbtj59yNhULB7igjEsxkuWeTDPTG+\n"
    "dfZ7fZfh0KLbFw==\n"
    "-----END PRIVATE KEY-----\n";

/* openssl x509 -fingerprint -sha256 */
static const uint8_t unit_thumbprint[] = {
    0x44, 0x54, 0xa4, 0x10, 0xb0, 0x0f, 0x86, 0x97, 0xd3, 0x8e, 0x09, 0xd8, 0xdb, 0x3a, 0x27, 0xa7,
    0xaa, 0x84, 0x86, 0x45, 0x0f, 0x1a, 0x72, 0x4c, 0x88, 0x93, 0x0c, 0x83, 0x7a, 0xaa, 0xa6, 0xdb,
};

#endif
