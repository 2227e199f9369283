# scimctl doctor: each problem is created, found with its severity and advice, and not found any more after the repair.
use strict;
use warnings;

use File::Basename 'dirname';
use FindBin ();
use IO::Socket::INET ();
use Test::More;

use lib "$FindBin::Bin/../lib";
use ScimCluster;

start_cluster();
quietly("$bin/createdb", $_) for 'scim', 'empty';

my @none = ('--schema-dir', "$root/conf/schemas", '--apachectl', '/nosuch/apachectl');
sub told { diag(JSON::PP->new->pretty->encode($_[0])) }
sub doctor {
    # The machine may have another httpd.
    my ($code, $out, $err) = run('doctor', '--json', (grep { $_ eq '--apachectl' } @_) ? @none[0, 1] : @none, @_);
    my $result = eval { JSON::PP::decode_json($out) } or diag "exit $code: $out$err";
    $result->{exit} = $code;
    return $result;
}
sub of { my ($result, $check) = @_; return grep { $_->{check} eq $check } @{ $result->{findings} } }

# Checks that there is a finding with these arguments.
sub finds {
    my ($check, $severity, $finding, $advice, @arguments) = @_;
    my $result = doctor(@arguments);
    my ($found) = of($result, $check);
    subtest "$check: $severity" => sub {
        ok $found, 'is found' or return told($result->{findings});
        is $found->{severity}, $severity, 'severity';
        like $found->{finding}, $finding, 'what is found';
        like $found->{advice}, $advice, 'what to do';
        cmp_ok $result->{exit}, $severity eq 'error' ? '==' : '>=', { error => 2, warning => 1, note => 0 }->{$severity}, 'exit code';
    };
    return $found;
}
sub gone { my ($check, @arguments) = @_; is scalar(of(doctor(@arguments), $check)), 0, "$check: mended" }

# A problem that SQL creates and repairs.
sub sick {
    my ($break, $mend, $check, @rest) = @_;
    sql($break);
    my $found = finds($check, @rest);
    sql($mend);
    gone($check);
    return $found;
}

# --- missing things ---------------------------------------------------------------------------------------------------

finds('connection', 'error', qr/^No connection to the database: .*does not exist/, qr/PGHOST/, '--db', 'nosuch');
finds('version', 'error', qr/^The database is not set up\.$/, qr/scimctl db init/, '--db', 'empty');
quietly(@scimctl, 'db', 'init');

# --- a healthy installation, but this server loses data in a crash ----------------------------------------------------

my $well = doctor();
is_deeply [map { "$_->{severity} $_->{check}" } grep { $_->{severity} ne 'note' } @{ $well->{findings} }], ['warning durability'], 'a new database'
    or told($well->{findings});
is_deeply [@$well{qw(exit errors warnings)}], [1, 0, 1], 'a warning: exit code 1';
cmp_ok $well->{checks}, '>', 20, 'checks were made';
finds('durability', 'warning', qr/^fsync is off: /, qr/^alter system reset fsync;/);
finds('url', 'note', qr/not tested/, qr/--url https:/);
is_run(['doctor', @none], 1, qr/^warning +database \(durability\): fsync is off: .*\n +alter system reset fsync.*\n(?:note .*\n +.*\n)+\d+ checks: 0 errors, 1 warnings\.\n$/, '', 'for people');
is_run([qw(doctor now)], 2, '', qq{scimctl: "doctor" takes no argument: leave "now" out. See scimctl doctor --help.\n});
is_run([qw(doctor --tenant x)], 2, '', qr/--tenant/);
is_run([qw(doctor --help)], 0, qr/^Usage: scimctl doctor \[--apachectl PROGRAM\].*--url URL/s, '');

# --- database and schema ----------------------------------------------------------------------------------------------

{
    local $ENV{PGOPTIONS} = '-c default_transaction_read_only=on';
    finds('standby', 'warning', qr/takes no writes/, qr/target_session_attrs=read-write/);
}
my $catalog = 'set allow_system_table_mods = on;';
sick("create collation scim.german (provider = icu, locale = 'de'); create table scim.sorted (name text collate scim.german);
    alter table scim.sorted owner to scim_owner; $catalog update pg_collation set collversion = '1.0' where collname = 'german'",
    'drop table scim.sorted; drop collation scim.german', 'collation', 'error', qr/^The order of scim\.german has changed from version 1\.0 to \S+ since/, qr/^reindexdb/);
sick('create table scim.mine (id int)', 'drop table scim.mine', 'owner', 'error', qr/^scim\.mine belongs to postgres/, qr/scim_owner/);
sick('alter table scim.hold disable row level security', 'alter table scim.hold enable row level security', 'walls', 'error', qr/^The table scim\.hold has no row-level/,
    qr/^alter table scim\.hold enable row level security;/);
sick('alter role scim_web superuser', 'alter role scim_web nosuperuser', 'rights', 'error', qr/^The role scim_web is a superuser/, qr/^alter role scim_web nosuperuser;$/);
sick('alter role scim_web bypassrls', 'alter role scim_web nobypassrls', 'rights', 'error', qr/has BYPASSRLS/, qr/nobypassrls/);
sick('alter role scim_web reset jit', "alter role scim_web set jit = 'off'", 'settings', 'warning', qr/lacks the setting jit=off/, qr/scimctl db upgrade/);
sick('grant temporary on database scim to public', 'revoke temporary on database scim from public', 'temporary', 'warning', qr/^Everybody may/,
    qr/^revoke temporary on database scim from public;$/);
sick("$catalog update pg_index set indisvalid = false where indexrelid = 'scim.token_name'::regclass",
    "$catalog update pg_index set indisvalid = true where indexrelid = 'scim.token_name'::regclass", 'indexes', 'error', qr/^The index scim\.token_name is not valid/,
    qr/^reindex index concurrently scim\.token_name;$/);
finds('indexed', 'warning', qr/slow, because the database has no index of them: .*badge/i, qr/scimctl db index/, '--schema-dir', "$root/conf/examples");
finds('files', 'error', qr/nosuch/, qr/--schema-dir/, '--schema-dir', '/nosuch');
sick("update scim.code set checksum = 'x' || checksum", "update scim.code set checksum = substr(checksum, 2)", 'version', 'error', qr/^The schema is older than this software/,
    qr/^scimctl db upgrade/);
sick("insert into scim.migration (number, name) values (9999, '9999-later')", 'delete from scim.migration where number = 9999', 'version', 'error', qr/newer than this software/,
    qr/^Install the version/);

# --- statistics -------------------------------------------------------------------------------------------------------

sick("create table scim.big with (autovacuum_enabled = off) as select repeat('x', 1000) from generate_series(1, 2000); alter table scim.big owner to scim_owner",
    'analyze scim.big', 'unanalysed', 'warning', qr/^PostgreSQL has no statistics of scim\.big \(\d+ kB\)/, qr/^vacuumdb --analyze-only/);
sql('drop table scim.big');
sick('create table scim.big (i int) with (autovacuum_enabled = off); alter table scim.big owner to scim_owner; insert into scim.big select generate_series(1, 100001);
    analyze scim.big; delete from scim.big; select pg_stat_force_next_flush()', 'drop table scim.big', 'dead', 'warning', qr/^scim\.big has 100001 dead rows beside 0 live ones/, qr/vacuum scim\.big/);
quietly("$bin/psql", '-Xqc', $_) for 'alter system set autovacuum = off', 'select pg_reload_conf()';
select undef, undef, undef, 0.5;
finds('autovacuum', 'warning', qr/^autovacuum is off/, qr/^alter system reset autovacuum;/);
quietly("$bin/psql", '-Xqc', $_) for 'alter system reset autovacuum', 'select pg_reload_conf()';
select undef, undef, undef, 0.5;
gone('autovacuum');

# --- connections ------------------------------------------------------------------------------------------------------

# Opens a session that does something and stays open.
sub session {
    my ($user, $sql) = @_;
    my $pid = open my $pipe, '|-', "$bin/psql", '-XqU', $user, '-o', '/dev/null' or die "psql: $!";
    $pipe->autoflush(1);
    print $pipe "$sql;\n";
    select undef, undef, undef, 0.5;
    return $pipe;
}
my $web = session('scim_web', 'select 1');
sick('alter role scim_web connection limit 1', 'alter role scim_web connection limit -1', 'full', 'warning', qr/^The role scim_web uses 1 of its 1 connections/, qr/DBDMax/);
close $web;
my $holder = session('postgres', 'begin; lock table scim.hold');
my $waiter = session('postgres', 'begin; lock table scim.hold');
select undef, undef, undef, 3;
finds('blocked', 'warning', qr/^Process \d+ \(postgres\) waits for a lock that process \d+ holds/, qr/^Look at process \d+/);
# Twenty minutes later
sql("$catalog alter function pg_catalog.now() rename to real_now; create function pg_catalog.now() returns timestamptz stable language sql return pg_catalog.real_now() + interval '20 minutes'");
my $idle = finds('idle', 'warning', qr/^Process \d+ \(postgres, psql\) has a transaction open for (19|20) minutes/, qr/pg_terminate_backend\(\d+\)/);
sql("$catalog drop function pg_catalog.now(); alter function pg_catalog.real_now() rename to now");
close $_ for $holder, $waiter;
gone('blocked');

# A role that is not a superuser sees less, and the result says so.
quietly("$bin/psql", '-Xqc', 'create role clerk login in role scim_owner');
{
    local $ENV{PGUSER} = 'clerk';
    finds('sight', 'note', qr/clerk may not see/, qr/^Run this as a superuser, or: grant pg_monitor to clerk;$/);
}
gone('sight');

# --- the clock --------------------------------------------------------------------------------------------------------

sub clock {
    my ($by) = @_;
    sql("$catalog alter function pg_catalog.clock_timestamp() rename to real_clock;
        create function pg_catalog.clock_timestamp() returns timestamptz language sql return pg_catalog.real_clock() + interval '$by'");
}
my $clock = "$catalog drop function pg_catalog.clock_timestamp(); alter function pg_catalog.real_clock() rename to clock_timestamp";
for (['10 seconds', 'warning', qr/^The clock of PostgreSQL's machine is 10 seconds ahead of this machine's\.$/],
    ['-5 minutes', 'error', qr/^The clock of PostgreSQL's machine is 300 seconds behind this machine's\.$/]) {
    my ($by, $severity, $text) = @$_;
    clock($by);
    finds('difference', $severity, $text, qr/NTP/);
    sql($clock);
}
gone('difference');

# --- tokens, and tokens that are not used any more --------------------------------------------------------------------

quietly(@scimctl, qw(tenant add acme));
quietly(@scimctl, qw(token add --tenant acme --name entra --expires 30d));
gone($_) for qw(expiring none silent);
sick("update scim.token set expires = now() + interval '3 days'", "update scim.token set expires = now() + interval '30 days'", 'expiring', 'warning',
    qr/^The token "entra" \(\w{10}\) of tenant acme expires at 20\d\d-\d\d-\d\d \d\d:\d\d UTC; provisioning ends with it\.$/, qr/^scimctl token add --tenant acme/);
sick("update scim.token set expires = now() - interval '1 day', last_used = now() - interval '25 hours'", "update scim.token set expires = now() + interval '30 days', last_used = null", 'none', 'error',
    qr/^Tenant acme has no valid token: "entra", which was in use, has expired at /, qr/^scimctl token add/);
my ($key) = sql('select key_id from scim.token');
sick("insert into scim.activity (tenant, at, token, token_name, method, path, status, duration)
    select 'acme', now() - interval '26 hours' - n * interval '40 minutes', '$key', 'entra', 'GET', '/Users', 200, 1 from generate_series(0, 200) n",
    'delete from scim.activity', 'silent', 'warning', qr/^The token "entra" of tenant acme has not been used for 26 hours; it is usually used every 40 minutes\.$/, qr/quarantine/);

# A tenant from a version that masked nothing, before anybody has changed the setting.
gone('unmasked');
sick("update scim.tenant set activity_mask = '{}'", "update scim.tenant set activity_mask = '{personal}'", 'unmasked', 'note',
    qr/^Activity of tenant acme keeps names and addresses of people/, qr/^scimctl tenant set acme --activity-mask personal, /);
quietly(@scimctl, qw(tenant set acme --activity-mask), '');
gone('unmasked');

# --- configuration ----------------------------------------------------------------------------------------------------

chomp(my $apxs = `command -v apxs || command -v apxs2`);
my ($modules, $sbin, $program) = map { chomp(my $text = quietly($apxs, '-q', $_)); $text } qw(LIBEXECDIR SBINDIR PROGNAME);
my $module = dirname($scimctl[-1]) . '/mod_scim.so';
my $user   = $> == 0 ? "User postgres\nGroup postgres\n" : '';
chomp(my $port = do { IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport });

sub write_file { open my $file, '>', $_[0] or die "$_[0]: $!"; print $file $_[1]; close $file or die "$_[0]: $!" }
sub httpd_conf {
    my ($more) = @_;
    my $load = join '', map {"LoadModule ${_}_module $modules/mod_$_.so\n"} qw(mpm_event authz_core dbd ssl socache_shmcb);
    write_file("$dir/httpd.conf", <<"CONF");
ServerRoot "$dir"
ServerName localhost
PidFile "$dir/httpd.pid"
ErrorLog "$dir/error_log"
DefaultRuntimeDir "$dir"
Mutex file:$dir default
Listen 127.0.0.1:$port
${load}LoadModule scim_module $module
${user}DBDriver pgsql
DBDMax 7
ScimSchemaDir "$root/conf/schemas"
SSLEngine on
SSLCertificateFile "$dir/cert.pem"
SSLCertificateKeyFile "$dir/key.pem"
$more
CONF
}
# A module that was built with AddressSanitizer needs a program with it.
my $preload = `readelf -d $module` =~ /\[(libasan\.so[.\d]*)\]/ ? "LD_PRELOAD=$1" : '';
write_file("$dir/apachectl", "#!/bin/sh\nexec env $preload $sbin/$program -t -f $dir/httpd.conf \${2:+\"\$@\"}\n");
chmod 0755, "$dir/apachectl";
my @apachectl = ('--apachectl', "$dir/apachectl");

# A certificate authority, and certificates: for localhost, one that expires soon, one for another name, and one of an
# unknown authority.
my @req = ('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout');
quietly(@req, "$dir/ca-key.pem", '-out', "$dir/ca.pem", '-subj', '/CN=Authority', '-days', 400, '-addext', 'basicConstraints=critical,CA:true');
sub certificate {
    my ($name, $days, @ca) = @_;
    @ca = ('-CA', "$dir/ca.pem", '-CAkey', "$dir/ca-key.pem") if !@ca;
    @ca = () if $ca[0] && $ca[0] eq 'self';
    quietly(@req, "$dir/key.pem", '-out', "$dir/cert.pem", '-subj', "/CN=$name", '-days', $days, '-addext', "subjectAltName=DNS:$name",
        '-addext', 'basicConstraints=critical,CA:false', @ca);
    if ($> == 0) { my ($uid, $gid) = (getpwnam 'postgres')[2, 3]; chown $uid, $gid, "$dir/key.pem", "$dir/cert.pem" }
}
certificate('localhost', 90);
my $location = "<Location \"/scim/v2\">\nSetHandler scim\nScimTenant path\nRequire all granted\n</Location>\n";
my $params = "DBDParams \"host=$dir dbname=scim user=scim_web connect_timeout=3\"\n";
httpd_conf("$params$location");
gone('configtest', @apachectl);
httpd_conf("DBDParams \"dbname=scim\"\n$location");
finds('configtest', 'warning', qr/httpd\.conf line \d+: DBDParams has no connect_timeout/, qr/directives\.md/, @apachectl);
httpd_conf($params . $location =~ s/scim\n/scimm\n/r);
finds('configtest', 'error', qr/httpd\.conf line \d+: there is no handler "scimm"/, qr/directives\.md/, @apachectl);
my $people = "<Location \"/app\">\nScimTenant fixed acme\nScimAccount \"%{req:X}\"\nRequire scim-role NAME\n</Location>\n";
httpd_conf($params . $location . $people =~ s/NAME/Admn/r);
finds('names', 'warning', qr/httpd\.conf line \d+: Require scim-role "Admn" names something that no tenant has/, qr/^Correct the name/, @apachectl);
quietly(@scimctl, 'tenant', 'add', 'names');
httpd_conf($params . $location . $people =~ s/NAME/administrator/r);
gone('names', @apachectl);
httpd_conf('Nonsense');
finds('configtest', 'error', qr/Syntax error on line \d+ of .*httpd\.conf/, qr/apachectl graceful/, @apachectl);
finds('configtest', 'note', qr/^There is no \/nosuch\/apachectl/, qr/--apachectl/, '--apachectl', '/nosuch/apachectl');
finds('configtest', 'note', qr/^There is no nosuch-apachectl, so httpd's configuration was not checked/, qr/--apachectl/, '--apachectl', 'nosuch-apachectl');

# --- the endpoint -----------------------------------------------------------------------------------------------------

my $httpd;
sub stop_httpd { return unless $httpd; kill TERM => $httpd; waitpid $httpd, 0; undef $httpd }
END { my $code = $?; stop_httpd(); $? = $code }
sub start_httpd {
    my ($more) = @_;
    stop_httpd();
    httpd_conf($more);
    $httpd = fork // die;
    if (!$httpd) {
        open STDERR, '>', "$dir/httpd.log";
        exec 'env', $preload || (), "$sbin/$program", '-X', '-f', "$dir/httpd.conf" or POSIX::_exit(127);
    }
    for (1 .. 100) {
        return if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
        select undef, undef, undef, 0.1;
    }
    BAIL_OUT("httpd did not start: " . quietly('tail', "$dir/error_log", "$dir/httpd.log"));
}
$ENV{SSL_CERT_FILE} = "$dir/ca.pem";
my $base = "https://localhost:$port/scim/v2/acme";
my @url = ('--url', $base);
finds('reach', 'error', qr/^Nothing answers at localhost port $port: Connection refused\.$/, qr/firewall/, @url);
start_httpd($params . $location . $location =~ s/scim\/v2/fixed\/v2/r =~ s/path/fixed acme/r);
is_deeply [grep { $_->{area} =~ /TLS|clock|endpoint/ } @{ doctor(@url)->{findings} }], [], 'a good endpoint' or told(doctor(@url)->{findings});
# Strangers get the same answer for any tenant; doctor has the database beside.
finds('tenant', 'error', qr/^The base URL ends with "acne", which is not a tenant: /, qr/^There is no tenant "acne"; .* Did you mean "acme"\?$/, '--url', "https://localhost:$port/scim/v2/acne/");
is_deeply [grep { $_->{area} =~ /TLS|clock|endpoint/ } @{ doctor('--url', "https://localhost:$port/fixed/v2")->{findings} }], [], 'a base URL that does not end with a tenant';
finds('answer', 'error', qr{^\Q$base\E/Users/ServiceProviderConfig is answered with 4\d\d and application/scim\+json, not with 200}, qr/tenant's name/, '--url', "$base/Users/");
finds('answer', 'error', qr{is answered with 404 and text/html}, qr/SetHandler scim/, '--url', "https://localhost:$port/other");
finds('certificate', 'error', qr/^Identity providers refuse the certificate of 127\.0\.0\.1: .*mismatch/i, qr/host name/, '--url', "https://127.0.0.1:$port/scim/v2/acme");
finds('name', 'error', qr/^There is no host nosuch\.invalid: /, qr/DNS/, '--url', 'https://nosuch.invalid/scim/v2/acme');
finds('url', 'error', qr/^The value of --url is not a base URL/, qr/https:/, '--url', 'localhost/scim');
finds('scheme', 'warning', qr/^The base URL is plain http/, qr/TLS/, '--url', "http://localhost:$port/scim/v2/acme");
{
    local $ENV{SSL_CERT_FILE} = '/dev/null';
    finds('certificate', 'error', qr/unable to get local issuer|unable to verify/, qr/intermediate certificates/, @url);
}
for ([['localhost', 5], 'certificate-end', 'warning', qr/^The certificate of localhost expires in [45] days\.$/, qr/Renew it/],
    [['other.test', 90], 'certificate', 'error', qr/mismatch/i, qr/certificate for this name/],
    [['localhost', 90, 'self'], 'certificate', 'error', qr/self.signed/, qr/public authority/]) {
    my ($of, @expected) = @$_;
    certificate(@$of);
    start_httpd("$params$location");
    finds(@expected, @url);
}
start_httpd("$params${location}SSLEngine off");
finds('handshake', 'error', qr/^localhost speaks no TLS 1\.2 or later at this port/, qr/SSLEngine on/, @url);
stop_httpd();

# --- the age of transactions; this server does not survive it ----------------------------------------------------------

sql("$catalog update pg_database set datfrozenxid = ((txid_current() - 1100000000 + 4294967296) % 4294967296)::text::xid where datname = 'scim'");
finds('age', 'error', qr/^The oldest transaction id is 1100 million transactions old/, qr/--freeze/);

done_testing;
